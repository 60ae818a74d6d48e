"""The people who may work in a review: their names, roles, and the hashes of their passwords, never looked into."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

import duckdb

from store import asof
from store.consensus import CONSENSUS
from store.errors import StoreError
from store.intake import add_revision
from store.transaction import transaction

EXTRACTOR, ADJUDICATOR, OWNER = "extractor", "adjudicator", "owner"
ROLES = {
    EXTRACTOR: "extracts, and sees what others extracted from a source once all of them have submitted it",
    ADJUDICATOR: "settles differences in the sources that all have submitted, and extracts nothing",
    OWNER: "extracts, settles differences, and looks after the accounts",
}
"""What somebody with an account may do, by role."""

LONGEST_NAME = 60
"""Characters that a name may have."""
HASH_MARK = "$argon2"
"""What every encoded password begins with."""

_INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may work in the review. ``password`` is an encoded hash; ``revision`` is that of its last change."""

    name: str
    role: str
    password: str = field(repr=False)
    revision: int


def accounts(connection: duckdb.DuckDBPyConnection) -> dict[str, Account]:
    """The accounts as they are now, by name."""
    return {name: each for name, each in _all(connection).items() if each.role}


def set_account(
    connection: duckdb.DuckDBPyConnection, name: str, *, role: str | None, password: str | None, who: str
) -> int:
    """Make an account, or change its role or password; the revision of its last change.

    Raises StoreError for a name or role that cannot be, and where nobody would be left to look after the accounts.
    """
    name = _named(name)
    if role is not None and role not in ROLES:
        raise StoreError(f"{role!r} is not a role; the roles are {', '.join(ROLES)}")
    if password is not None and not password.startswith(HASH_MARK):
        raise StoreError("the password is not encoded; hand over its argon2 hash, never the password itself")
    if role is None and password is None:
        raise StoreError(f"nothing to change is given for {name!r}; give a role, a password or both")
    with transaction(connection):
        past = _all(connection)
        _check_unlike(name, past)
        before = past.get(name)
        known = before if before is not None and before.role else None
        if known is None and (role is None or password is None):
            raise StoreError(f"the review has no account {name!r}; a new one needs a role and a password")
        wanted = (role or (known.role if known else ""), password or (known.password if known else ""))
        if known and wanted == (known.role, known.password):
            return known.revision
        if known and wanted[0] != OWNER:
            _check_owner_left(known, past, "given another role")
        return _write(connection, name, *wanted, who=who, why=_why(name, known, role, password))


def remove_account(connection: duckdb.DuckDBPyConnection, name: str, *, who: str) -> int:
    """Take an account away; what the person did stays under their name. The new revision."""
    with transaction(connection):
        past = _all(connection)
        known = past.get(name.strip())
        if known is None or not known.role:
            there = ", ".join(sorted(each.name for each in past.values() if each.role)) or "none"
            raise StoreError(f"the review has no account {name.strip()!r}; its accounts are: {there}")
        _check_owner_left(known, past, "removed")
        return _write(connection, known.name, None, None, who=who, why=f"{known.name}: removed")


def _all(connection: duckdb.DuckDBPyConnection) -> dict[str, Account]:
    """Every account there ever was, in order of name; the role of one that was removed is blank."""
    rows = connection.execute("""
        SELECT name, role, password, revision FROM account
        QUALIFY row_number() OVER (PARTITION BY name ORDER BY revision DESC) = 1 ORDER BY name
    """).fetchall()
    return {name: Account(name, role or "", password or "", revision) for name, role, password, revision in rows}


def _named(name: str) -> str:
    name = name.strip()
    if not name:
        raise StoreError("the name of the account is blank; give the name under which the person works")
    if len(name) > LONGEST_NAME:
        raise StoreError(f"the name of the account has {len(name)} characters; it may have {LONGEST_NAME}")
    if any(unicodedata.category(each) in _INVISIBLE for each in name):
        raise StoreError(f"the name {name!r} holds characters that nobody can see; type it anew")
    if _folded(name) == CONSENSUS:
        raise StoreError(f"{name!r} is what settled records are kept under; give the person another name")
    return name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _check_unlike(name: str, past: dict[str, Account]) -> None:
    """Names of removed accounts count too: their work stays in the review under that name."""
    like = next((each for each in past if each != name and _folded(each) == _folded(name)), None)
    if like is not None:
        raise StoreError(f"the review knows {like!r} already, who could be taken for {name!r}; choose another name")


def _check_owner_left(known: Account, past: dict[str, Account], done: str) -> None:
    others = [each for each in past.values() if each.role and each.name != known.name]
    if known.role == OWNER and others and not any(each.role == OWNER for each in others):
        raise StoreError(
            f"{known.name} is the only owner and cannot be {done} while there are other accounts; make somebody else owner first"
        )


def _why(name: str, known: Account | None, role: str | None, password: str | None) -> str:
    said = []
    if role is not None and (known is None or known.role != role):
        said.append(f"role {role}")
    if known is not None and password is not None and known.password != password:
        said.append("new password")
    return f"{name}: {', '.join(said)}"


def _write(
    connection: duckdb.DuckDBPyConnection, name: str, role: str | None, password: str | None, *, who: str, why: str
) -> int:
    revision = asof.latest(connection) + 1
    connection.execute("INSERT INTO account VALUES (?, ?, ?, ?)", [name, role, password, revision])
    add_revision(connection, revision, who=who, action="account", why=why)
    return revision
