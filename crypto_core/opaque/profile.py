# SPDX-License-Identifier: AGPL-3.0-or-later
"""What both programs fix where RFC 9807 leaves a choice: the binding of an exchange to account and cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crypto_core.opaque.key_schedule import Binding
from crypto_core.wire.codec import encode
from crypto_core.wire.labels import LOGIN_CONTEXT

if TYPE_CHECKING:
    from crypto_core.wire.ids import AccountId
    from crypto_core.wire.sign_in import LoginStretch


def binding_for(account: AccountId, stretch: LoginStretch) -> Binding:
    """Return the binding: the account is the client's identity, the relay's key its own, the cost is context.

    Raises WireError when the cost is out of bounds, hence before anyone has paid it.
    """
    return Binding(context=LOGIN_CONTEXT + encode(stretch), client_identity=account)
