"""Whose pages are whose: Wagtail's groups and permissions, derived from our roles.

Wagtail asks its own groups. Each portal of a commune, and the area's front page, has one group for each capability, whose
members are those who hold the capability there now. Nobody is put into such a group by hand: the next turn takes
them out. A role that begins or ends is followed at once (`people.services.accounts.follow_roles`), one that does so by
the calendar within 30 s, and so is a portal that was opened.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.db import transaction
from django.db.models import Q, QuerySet
from wagtail.documents.permissions import permission_policy as documents
from wagtail.images.permissions import permission_policy as images
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page
from wagtail.permissions import page_permission_policy

from liengia.core import clock
from liengia.people import policies
from liengia.people.models import Role, RoleAssignment, User
from liengia.portal.capabilities import APPROVE, EDIT
from liengia.portal.models import AreaHomePage, CommunePortalPage
from liengia.units.models import Unit

AREA: Final = "area"
PAGE_PERMISSIONS: Final = {EDIT: ("add_page", "change_page"), APPROVE: ("change_page", "publish_page", "unlock_page")}
COLLECTION_PERMISSIONS: Final = ("add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document")


@dataclass(frozen=True, slots=True)
class Subtree:
    """Pages that are looked after together, and the units of which one must hold a capability to do so.

    For a commune's portal one of `places` is enough: the commune or what stands above it. For the area's own pages,
    below which all portals lie, every one of them is needed.
    """

    key: str
    page: Page
    collection: Collection | None
    places: frozenset[int]
    is_area: bool = False

    def belongs_to(self, held: set[int]) -> bool:
        """Tell whether who holds a capability at these units holds it here."""
        return bool(self.places) and (self.places <= held if self.is_area else bool(self.places & held))


def group_name(capability: str, key: str) -> str:
    """Return the name of the group of a capability in a subtree."""
    return f"{capability}:{key}"


def subtrees() -> list[Subtree]:
    """Return the area's front page and every commune's portal."""
    found = [_of_commune(portal) for portal in CommunePortalPage.objects.select_related("unit", "collection")]
    home = AreaHomePage.objects.first()
    if home is not None:
        tops = frozenset(unit.parent_id for unit in Unit.objects.current().communes() if unit.parent_id)
        found.append(Subtree(AREA, home, Collection.get_first_root_node(), tops, is_area=True))
    return found


def _of_commune(portal: CommunePortalPage) -> Subtree:
    standing = portal.unit.current()
    places = frozenset({standing.pk, *(above.pk for above in standing.ancestors())})
    own = portal.collection if portal.collection is not None and portal.collection.depth > 1 else None
    return Subtree(str(portal.unit_id), portal, own, places)


def sync_groups(users: list[User] | None = None) -> int:
    """Put users into the portal's groups that their roles give them now, and out of the others; return how many moved.

    Without `users` everybody is looked at, and each group's permissions are made what they should be, a portal at a time.
    """
    if users is not None and not _held(users) and not _members().filter(user__in=users).exists():
        return 0
    trees = subtrees()
    groups: dict[tuple[str, str], Group] = {}
    for tree in trees:
        with transaction.atomic() if users is None else nullcontext():
            groups |= {(tree.key, code): _group(tree, code, is_full=users is None) for code in PAGE_PERMISSIONS}
    return _move(users, trees, groups)


@transaction.atomic
def _move(users: list[User] | None, trees: list[Subtree], groups: dict[tuple[str, str], Group]) -> int:
    held = _held(users)
    meant = {
        (user_id, groups[tree.key, code].pk)
        for (user_id, code), places in held.items()
        for tree in trees
        if tree.belongs_to(places)
    }
    through = User.groups.through
    member = _members()
    if users is None:
        _groups().exclude(pk__in=[group.pk for group in groups.values()]).delete()
    else:
        member = member.filter(user__in=users)
    present = set(member.values_list("user_id", "group_id"))
    through.objects.bulk_create([through(user_id=u, group_id=g) for u, g in meant - present], ignore_conflicts=True)
    for user_id, group_id in present - meant:
        through.objects.filter(user_id=user_id, group_id=group_id).delete()
    return len(meant ^ present)


def _groups() -> QuerySet[Group]:
    """Return the room's groups, also of portals that are gone."""
    return Group.objects.filter(Q(name__startswith=f"{EDIT}:") | Q(name__startswith=f"{APPROVE}:"))


def _members() -> QuerySet[Any]:
    """Return who is in one of them."""
    return User.groups.through.objects.filter(group__in=_groups())


def _held(users: list[User] | None) -> dict[tuple[int, str], set[int]]:
    """Return the units at which users hold the room's capabilities now, each as it stands today."""
    roles = {role.pk: role.capabilities for role in Role.objects.all() if {EDIT, APPROVE} & set(role.capabilities)}
    rows = RoleAssignment.objects.at(clock.now()).filter(user__is_active=True, role__in=roles).select_related("unit")
    if users is not None:
        rows = rows.filter(user__in=users)
    held: dict[tuple[int, str], set[int]] = {}
    for row in rows:
        for code in {EDIT, APPROVE} & set(roles[row.role_id]):
            held.setdefault((row.user_id, code), set()).add(row.unit.current().pk)
    return held


def _group(tree: Subtree, code: str, *, is_full: bool) -> Group:
    """Return the group, made or made right."""
    group, is_new = Group.objects.get_or_create(name=group_name(code, tree.key))
    if is_new or is_full:
        wanted = {(tree.page.pk, name) for name in PAGE_PERMISSIONS[code]}
        rows = GroupPagePermission.objects.filter(group=group).select_related("permission")
        _match(rows, {(row.page_id, row.permission.codename): row for row in rows}, wanted, "wagtailcore", group, "page_id")
        own = set() if tree.collection is None or code != EDIT else {(tree.collection.pk, name) for name in COLLECTION_PERMISSIONS}
        kept = GroupCollectionPermission.objects.filter(group=group).select_related("permission")
        _match(kept, {(row.collection_id, row.permission.codename): row for row in kept}, own, "", group, "collection_id")
    return group


def _match(rows: Any, present: dict[tuple[int, str], Any], wanted: set[tuple[int, str]], app: str, group: Group, field: str) -> None:
    """Add the rows that are missing and delete those that should not be."""
    for key in present.keys() - wanted:
        present[key].delete()
    for pk, name in sorted(wanted - present.keys()):
        label = app or ("wagtailimages" if name.endswith("image") else "wagtaildocs")
        permission = Permission.objects.filter(content_type__app_label=label, codename=name).first()
        if permission is not None:
            rows.model.objects.create(group=group, permission=permission, **{field: pk})


# Reads


def unit_of(page: Page) -> Unit | None:
    """Return the commune in whose portal a page lies; None is the area."""
    above = CommunePortalPage.objects.ancestor_of(page, inclusive=True).select_related("unit").first()
    return above.unit if above is not None else None


def can(user: User | AnonymousUser, capability: str, page: Page) -> bool:
    """Tell whether a user holds a capability where a page lies. Roles are asked themselves, not the groups."""
    if not isinstance(user, User) or not user.is_active:
        return False
    unit = unit_of(page)
    if user.is_superuser or unit is not None:
        return policies.can(user, capability, unit)
    tops = {one.parent for one in Unit.objects.current().communes().select_related("parent") if one.parent is not None}
    return bool(tops) and all(policies.can(user, capability, top) for top in tops)


def roots_of(user: User) -> list[str]:
    """Return the tree paths of the subtrees in which a user may do anything."""
    return [one.page.path for one in page_permission_policy.get_cached_permissions_for_user(user)]


def editable_by(user: User) -> Any:
    """Return the pages that a user may write on; the groups are asked, as Wagtail's editor does."""
    return page_permission_policy.instances_user_has_permission_for(user, "change")


def sees_page(user: User, pk: int, *, is_walk: bool = False) -> bool:
    """Tell whether a page is one of the user's own; `is_walk` also allows what lies above them, for the explorer."""
    if user.is_superuser:
        return True
    path = Page.objects.filter(pk=pk).values_list("path", flat=True).first()
    return path is not None and any(path.startswith(root) or (is_walk and root.startswith(path)) for root in roots_of(user))


def sees_file(user: User, pk: int, *, is_image: bool) -> bool:
    """Tell whether a picture or file lies in a collection of the user's."""
    policy = images if is_image else documents
    return user.is_superuser or policy.instances_user_has_any_permission_for(user, ["change", "choose"]).filter(pk=pk).exists()


def own_pages(pages: Any, request: Any) -> Any:
    """Leave only the reader's own pages in a chooser."""
    if request.user.is_superuser:
        return pages
    return pages.filter(pk__in=page_permission_policy.explorable_instances(request.user).values("pk"))
