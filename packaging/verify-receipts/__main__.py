# SPDX-License-Identifier: AGPL-3.0-or-later
"""`python3 packaging/verify-receipts`: see `verify_receipts.py` beside this file."""

from verify_receipts import main

raise SystemExit(main())
