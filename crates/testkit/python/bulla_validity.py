"""Fits the module synapse-email-account-validity 0.3 to a newer Synapse: what it calls has other names by now, and a module says itself what
it takes part in. Its rules, its table, its pages and its mails are its own.

An account has no end unless an administrator gives it one.
"""

import importlib.metadata
import os
import sys
import time
import types

# It asks for its own version, by a package that is no more.
sys.modules.setdefault(
    "pkg_resources",
    types.SimpleNamespace(
        DistributionNotFound=importlib.metadata.PackageNotFoundError, get_distribution=importlib.metadata.distribution
    ),
)

import email_account_validity
from email_account_validity import EmailAccountValidity
from email_account_validity._store import EmailAccountValidityStore
from email_account_validity.servlets import EmailAccountValidityServlet

from synapse.api.errors import StoreError

TEMPLATES = os.path.join(os.path.dirname(email_account_validity.__file__), "templates")


async def by_token(self, token):
    """Its own way reads a row by names, and rows have none any more."""

    def select(txn):
        columns = "user_id, expiration_ts_ms, token_used_ts_ms"
        txn.execute(f"SELECT {columns} FROM email_account_validity WHERE renewal_token = ?", (token,))
        return txn.fetchone()

    row = await self._api.run_db_interaction("get_user_from_renewal_token", select)
    if row is None:
        raise StoreError(404, "No such token")
    return row


class Validity:
    @staticmethod
    def parse_config(config):
        return EmailAccountValidity.parse_config(config)

    def __init__(self, config, api):
        api.current_time_ms = lambda: int(time.time() * 1000)
        # It would look for accounts that end soon twice an hour: no test is that long.
        api.looping_background_call_async = lambda *_: None
        read = api.read_templates
        api.read_templates = lambda names: read(names, TEMPLATES)
        EmailAccountValidityStore.server_name = api.server_name
        EmailAccountValidityStore.clock = api._hs.get_clock()
        EmailAccountValidityStore.get_user_from_renewal_token = by_token
        module = EmailAccountValidity(config, api, populate_users=False)

        async def is_expired(user_id):
            is_over, is_known = await module.user_expired(user_id)
            return is_over if is_known else None

        api.register_account_validity_callbacks(
            is_user_expired=is_expired,
            on_legacy_send_mail=module.on_legacy_send_mail,
            on_legacy_renew=module.on_legacy_renew,
            on_legacy_admin_request=module.on_legacy_admin_request,
        )
        pages = EmailAccountValidityServlet(config, api)
        # One store, so that one cache knows of every change.
        for page in pages.children.values():
            page._store = module._store
        api.register_web_resource("/_synapse/client/email_account_validity", pages)
