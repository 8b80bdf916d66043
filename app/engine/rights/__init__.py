# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the law of patients' rights asks of who writes about them: rules as tables, without a store or a clock."""
