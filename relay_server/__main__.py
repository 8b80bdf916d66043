# SPDX-License-Identifier: AGPL-3.0-or-later
"""`python -m relay_server`: the same program as `uhealthsec-relay`."""

import sys

from relay_server.main import main

sys.exit(main())
