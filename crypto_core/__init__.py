# SPDX-License-Identifier: AGPL-3.0-or-later
"""Cryptography of U-HealthSec, cut by who may do it: `wire` says, `trust` checks, `keys` does.

`opaque` is the sign-in, of which the application and the relay each load their own side.

Format promise: an envelope, attachment or vault header written by a released version with suite 1
stays readable by every later version; `tests/vectors` and `tests/golden` hold it to that. The package
is pure: no input or output, no clock, no asyncio, no Qt. It imports no other package of this project.
"""
