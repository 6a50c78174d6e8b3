"""Who is reminded by mail, of which departments' articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from api.cli.output import console

if TYPE_CHECKING:
    from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue


def set_contact(name: str, address: str, departments: Sequence[str]) -> None:
    """Give a person an address and departments; without an address, take them away. Raises BadInput, NotFound."""
    from api.cli.desks import opened_article_desk
    from api.services import utc_now
    from copilot.errors import BadInput
    from copilot.settings import load_settings

    if departments and not address:
        raise BadInput("Name an address too: hotline users address NAME ADDRESS --for DEPARTMENT")
    if address and not departments:
        raise BadInput(f"Name whose articles {name} keeps: hotline users address {name} {address} --for DEPARTMENT")
    with opened_article_desk(load_settings()) as (store, desk):
        person = store.accounts.get(name)
        if address:
            known = [_known(department, desk.surroundings.catalogue) for department in departments]
            store.contacts.set(person.name, address, known, utc_now())
        else:
            store.contacts.remove(person.name, utc_now())


def list_contacts(name: str) -> None:
    """Show where a person is reached."""
    from api.cli.stores import opened_store
    from copilot.settings import load_settings

    with opened_store(load_settings()) as store:
        person = store.accounts.get(name)
        found = [contact for contact in store.contacts.all() if contact.name == person.name]
    table = Table("name", "address", "reminded of the articles of")
    for contact in found:
        table.add_row(contact.name, escape(contact.address), escape("、".join(contact.departments)))
    console.print(table if found else f"{person.name} gets no mail.")


def _known(department: str, catalogue: ResponsibilityCatalogue | None) -> str:
    """The department as the catalogue, and so the articles, call it."""
    from copilot.errors import BadInput

    found = catalogue.find(department) if catalogue is not None else None
    if found is None:
        raise BadInput(f"The catalogue has no department {department}. Name one as the articles do (责任单位).")
    return found.name
