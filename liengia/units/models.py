"""Administrative units, one row per legal existence, and the succession between them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.apps import apps
from django.db import models
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import NameField
from liengia.core.geo import Point
from liengia.core.text import fold, list_words

if TYPE_CHECKING:
    from django.db.models.manager import Manager


class Level(models.TextChoices):
    """Levels, from the top; since 2025-07-01 no district stands (Resolution 202/2025/QH15)."""

    PROVINCE = "province", _("province")
    DISTRICT = "district", _("district")
    COMMUNE = "commune", _("commune")
    HAMLET = "hamlet", _("hamlet or quarter")
    SELF_MANAGED_GROUP = "self_managed_group", _("self-managed residents' group")

    @property
    def rank(self) -> int:
        """0 at the top."""
        return list(Level).index(self)


DEPTH = len(Level)


def valid_on(day: date, prefix: str = "") -> Q:
    """Return the condition that a row stands on a day; an open end is null, the last day is excluded."""
    begins = Q(**{f"{prefix}valid_from__isnull": True}) | Q(**{f"{prefix}valid_from__lte": day})
    return begins & (Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": day}))


class UnitQuerySet(models.QuerySet["Unit"]):
    """Reads of units."""

    def at(self, day: date) -> UnitQuerySet:
        """Units that stand on a day."""
        return self.filter(valid_on(day))

    def current(self) -> UnitQuerySet:
        """Units that stand today."""
        return self.at(clock.today())

    def of_level(self, level: str) -> UnitQuerySet:
        """Units of one level."""
        return self.filter(level=level)

    def communes(self) -> UnitQuerySet:
        """Units of the level commune (xã, phường, thị trấn, đặc khu)."""
        return self.of_level(Level.COMMUNE)

    def hamlets(self) -> UnitQuerySet:
        """Units of the level hamlet (ấp, khu phố)."""
        return self.of_level(Level.HAMLET)

    def below(self, unit: Unit) -> UnitQuerySet:
        """The unit itself and all that hangs under this very row, hence of the same dates."""
        return self.below_any([unit.pk])

    def below_any(self, ids: list[int]) -> UnitQuerySet:
        """Units of these ids and all that hangs under them."""
        condition, path = Q(pk__in=ids), "parent"
        for _step in range(DEPTH - 1):
            condition |= Q(**{f"{path}__in": ids})
            path += "__parent"
        return self.filter(condition)

    def with_ancestors(self) -> UnitQuerySet:
        """Fetch the whole line of parents at once, for lists that show places."""
        return self.select_related("parent__parent__parent__parent")

    def search(self, text: str, at: date | None = None) -> UnitQuerySet:
        """Units standing on a day (today) that bear, or once bore, the words; diacritics do not matter.

        Every word is the beginning of one of the unit's words, a short number the whole of one ("ấp 1" is not ấp 12).
        A unit's own name comes before its old names, a whole name before a part.
        """
        folded = fold(text)
        found = self.at(at or clock.today())
        for word in folded.split():
            whole = word.isdigit() and len(word) < 4
            found = found.filter(folded_all__contains=f" {word} " if whole else f" {word}")
        rank = Case(
            When(folded_name=folded, then=Value(0)),
            When(folded_name__startswith=folded, then=Value(1)),
            When(folded_name__contains=folded, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        )
        return found.order_by(rank, "code") if folded else found.none()


class Unit(models.Model):
    """One legal existence of an administrative unit: the key is (code, valid_from), since codes come back with new meanings.

    A row never changes its parent: what goes over to another parent ends, and a new row with the same code begins.
    `origin` is the name of the commune that a hamlet belonged to before; `former_names` are the other names of
    the units that this one followed; `shares_name` says that another unit of the commune has the same name, and
    so that the origin is shown. All three are kept by the services. Source: Resolution 1682/NQ-UBTVQH15 for the codes.
    """

    code = models.CharField(_("code"), max_length=20)
    name = NameField(_("name"), max_length=120)
    kind = NameField(_("kind"), max_length=40, help_text=_("Xã, Phường, Thị trấn, Ấp, Khu phố, Tổ…"))
    level = models.CharField(_("level"), max_length=20, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    valid_from = models.DateField(_("stands from"), null=True, blank=True)
    valid_to = models.DateField(_("ended on"), null=True, blank=True, help_text=_("The first day without it."))
    legal_basis = NameField(_("legal basis"), max_length=250, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    south = models.FloatField(null=True, blank=True)
    west = models.FloatField(null=True, blank=True)
    north = models.FloatField(null=True, blank=True)
    east = models.FloatField(null=True, blank=True)
    origin = NameField(_("old commune"), max_length=120, blank=True)
    former_names = models.JSONField(_("former names"), default=list, blank=True)
    shares_name = models.BooleanField(_("another has the same name"), default=False)
    folded_name = models.CharField(max_length=160, editable=False, db_index=True)
    folded_all = models.CharField(max_length=600, editable=False)

    IMPERSONAL: ClassVar = {
        "code", "name", "kind", "level", "legal_basis", "origin", "former_names", "folded_name", "folded_all"
    }  # fmt: skip

    objects: ClassVar[Manager[Unit] | UnitQuerySet] = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("administrative unit")
        verbose_name_plural = _("administrative units")
        ordering: ClassVar = ["code", "valid_from"]
        default_permissions = ("view", "change")
        indexes: ClassVar = [
            models.Index(fields=["level", "valid_to"], name="units_unit_level"),
            models.Index(fields=["code", "valid_from"], name="units_unit_code"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="unit_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="unit_has_a_code_and_a_name"),
            models.UniqueConstraint(fields=["code", "valid_from"], name="unit_code_begins_once_a_day"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_from__isnull=True), name="unit_code_has_one_row_from_of_old"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to__isnull=True), name="unit_code_has_one_row_without_end"
            ),
        ]

    def __str__(self) -> str:
        """Return the name that tells it apart."""
        return self.display_name

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the folded names equal to the names."""
        self.fold()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def fold(self) -> None:
        """Renew what is searched: own name, kind, code, old names, old commune; and of those below communes, the parent's."""
        self.folded_name = fold(self.name)[:160]
        words = [self.full_name, self.code, self.origin, *self.former_names]
        above = self.parent if self.level in (Level.HAMLET, Level.SELF_MANAGED_GROUP) else None
        if above is not None:
            words += [above.full_name, above.origin]
        self.folded_all = f" {fold(' '.join(words))[:598]} "

    # Time

    def stands_on(self, day: date) -> bool:
        """Tell whether the unit stands on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or self.valid_to > day)

    @property
    def is_current(self) -> bool:
        """Tell whether it stands today."""
        return self.stands_on(clock.today())

    def successors(self) -> UnitQuerySet:
        """Units that took over from this one directly; the principal one first."""
        return Unit.objects.filter(taken_over__old=self).order_by("-taken_over__is_principal", "code")

    def predecessors(self) -> UnitQuerySet:
        """Units that this one took over from directly."""
        return Unit.objects.filter(handed_over__new=self).order_by("code", "valid_from")

    def current(self) -> Unit:
        """Return the unit that stands today: this one, or at the end of the principal successions; itself if none.

        A succession that is dated ahead is not followed before its day.
        """
        return self.as_of(clock.today())

    def as_of(self, day: date) -> Unit:
        """Return the unit that answers for this one on a day, forwards along the principal successions."""
        unit = self
        while unit.valid_to is not None and unit.valid_to <= day:
            following = unit.successors().first()
            if following is None:
                return unit
            unit = following
        return unit

    def heirs(self, day: date | None = None) -> list[Unit]:
        """Return all units that stand on a day (today) on what was this unit's ground."""
        when = day or clock.today()
        standing: dict[int, Unit] = {}
        waiting = [self]
        while waiting:
            unit = waiting.pop()
            if unit.stands_on(when):
                standing[unit.pk] = unit
            elif unit.valid_to is not None and unit.valid_to <= when:
                waiting.extend(unit.successors())
        return sorted(standing.values(), key=lambda u: u.code)

    def lineage_ids(self, *, as_of: date | None = None) -> list[int]:
        """Return its own id and those of all units before and after it, for what is kept by units of any time; `as_of` a day as it was then."""
        known = Succession.objects.all() if as_of is None else Succession.objects.filter(on__lte=as_of)
        return sorted(self._line(known, "old_id", "new_id") | self._line(known, "new_id", "old_id"))

    def _line(self, known: models.QuerySet[Succession], step: str, other: str) -> set[int]:
        """Return its own id and those of all units on one side of it in time."""
        seen, edge = {self.pk}, {self.pk}
        while edge:
            edge = set(known.filter(**{f"{step}__in": edge}).values_list(other, flat=True)) - seen
            seen |= edge
        return seen

    def ground(self) -> UnitQuerySet:
        """Return the units of any time whose records are this unit's own: what reports count.

        It, what it took over, and all below. Of a unit that a reform ended also what stands on nothing but its ground since (its
        hamlets under the new commune), never the unit that it shares with others: their records are not its own.
        """
        below = Unit.objects.all().below_any
        if not Succession.objects.filter(old=self).exists():
            return below(self.lineage_ids())
        before = self._line(Succession.objects.all(), "new_id", "old_id")
        known = set(below(sorted(before)).values_list("pk", flat=True))
        while True:
            heirs = set(Succession.objects.filter(old__in=known).exclude(new__in=known).values_list("new_id", flat=True))
            heirs -= set(Succession.objects.filter(new__in=heirs).exclude(old__in=known).values_list("new_id", flat=True))
            if not heirs:
                return Unit.objects.filter(pk__in=known)
            known |= set(below(sorted(heirs)).values_list("pk", flat=True))

    # Place

    def ancestors(self) -> list[Unit]:
        """Return the units above it, the highest first."""
        line: list[Unit] = []
        unit = self.parent
        while unit is not None:
            line.insert(0, unit)
            unit = unit.parent
        return line

    def commune(self) -> Unit | None:
        """Return the unit itself or the ancestor that is a commune; None above communes."""
        unit: Unit | None = self
        while unit is not None and unit.level != Level.COMMUNE:
            unit = unit.parent
        return unit

    @property
    def point(self) -> Point | None:
        """Its middle, where known."""
        return Point(self.lat, self.lon) if self.lat is not None and self.lon is not None else None

    # Names

    @property
    def full_name(self) -> str:
        """Kind and name, once: "Xã Mỹ Lệ", "Ấp 1"."""
        if fold(self.name).startswith(fold(self.kind) + " "):
            return self.name
        return f"{self.kind} {self.name}"

    @property
    def display_name(self) -> str:
        """The name that tells it apart: "Mỹ Lệ, trước là Long Sơn", "Ấp 1 (Long Sơn cũ)", "Tổ 2, Ấp 1 (Long Sơn cũ)".

        A unit that has ended keeps the name it had: what is dated in its time is shown with it.
        """
        if self.level == Level.SELF_MANAGED_GROUP and self.parent is not None:
            return f"{self.full_name}, {self.parent.display_name}"
        if self.level == Level.HAMLET:
            if not self.shares_name:
                return self.full_name
            if self.origin:
                return gettext("%(name)s (formerly %(origin)s)") % {"name": self.full_name, "origin": self.origin}
            return f"{self.full_name} ({self.code})"
        if self.former_names:
            names = list_words(list(self.former_names), gettext("and"))
            return gettext("%(name)s, formerly %(names)s") % {"name": self.name, "names": names}
        return self.name

    @property
    def listed_name(self) -> str:
        """The name as a line has room for it: a hamlet's with what tells it apart, "Ấp 1 (Long Sơn cũ)"; a commune's own, "Xã Mỹ Lệ"."""
        return self.display_name if self.level in (Level.HAMLET, Level.SELF_MANAGED_GROUP) else self.full_name

    @property
    def spoken_name(self) -> str:
        """The name for loudspeakers and voice calls: no brackets, and never the same for two units of a commune."""
        if self.level == Level.SELF_MANAGED_GROUP and self.parent is not None:
            return f"{self.full_name}, {self.parent.spoken_name}"
        if self.level == Level.HAMLET and self.shares_name:
            if self.origin:
                return gettext("%(name)s of the former %(origin)s") % {"name": self.full_name, "origin": self.origin}
            return f"{self.full_name}, {gettext('number')} {' '.join(self.code)}"
        return self.full_name

    @property
    def place_name(self) -> str:
        """The name with its commune: "Ấp 1 (Long Sơn cũ), xã Mỹ Lệ"."""
        commune = self.commune()
        if commune is None or commune.pk == self.pk:
            return self.full_name
        return f"{self.display_name}, {commune.kind.lower()} {commune.name}"

    @property
    def now_name(self) -> str:
        """For what is dated before a merger: "Mỹ Lệ, trước là Long Sơn"; the display name of one that stands."""
        today = self.current()
        if today.pk == self.pk or today.name == self.name:
            return today.display_name if today.pk == self.pk or self.level == Level.HAMLET else self.name
        return gettext("%(name)s, formerly %(names)s") % {"name": today.name, "names": self.name}


class SuccessionKind(models.TextChoices):
    """How one unit took over from another."""

    MERGE = "merge", _("merged into")
    SPLIT = "split", _("split into")
    RENAME = "rename", _("renamed to")
    CONTINUE = "continue", _("continued as")


class Succession(models.Model):
    """One unit took over from another on a day; of several successors one is the principal, where the office went."""

    old = models.ForeignKey(Unit, models.PROTECT, related_name="handed_over", verbose_name=_("old unit"))
    new = models.ForeignKey(Unit, models.PROTECT, related_name="taken_over", verbose_name=_("new unit"))
    kind = models.CharField(_("how"), max_length=10, choices=SuccessionKind)
    on = models.DateField(_("on"))
    is_principal = models.BooleanField(_("principal successor"), default=True)
    reform = models.ForeignKey("Reform", models.PROTECT, null=True, blank=True, related_name="successions")

    IMPERSONAL: ClassVar = {"kind"}

    class Meta:
        verbose_name = _("succession")
        verbose_name_plural = _("successions")
        ordering: ClassVar = ["on", "pk"]
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["old", "new"], name="succession_is_told_once"),
            models.UniqueConstraint(
                fields=["old"], condition=Q(is_principal=True), name="succession_has_one_principal_successor"
            ),
            models.CheckConstraint(condition=~Q(old=F("new")), name="succession_is_between_two_units"),
        ]

    def __str__(self) -> str:
        """Return old and new."""
        return f"{self.old.full_name} → {self.new.full_name}"


class ReformState(models.TextChoices):
    """States of a reform; the table is in reforms.py and in docs/areas/units.md."""

    PLANNED = "planned", _("planned")
    DRAWN = "drawn", _("units drawn up")
    APPLIED = "applied", _("applied")


class Reform(models.Model):
    """Many successions of one day, as data; applied in small transactions that can be resumed."""

    code = models.CharField(_("code"), max_length=60, unique=True)
    name = NameField(_("name"), max_length=200)
    on = models.DateField(_("on"))
    legal_basis = NameField(_("legal basis"), max_length=250)
    plan = models.JSONField(_("plan"))
    state = models.CharField(_("state"), max_length=10, choices=ReformState, default=ReformState.PLANNED)
    planned_at = models.DateTimeField(_("planned at"))
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)

    IMPERSONAL: ClassVar = {"code", "name", "legal_basis", "plan", "state"}

    class Meta:
        verbose_name = _("reform")
        verbose_name_plural = _("reforms")
        ordering: ClassVar = ["-on"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class SuccessionMove(models.Model):
    """How far one registered mover got with one succession, so that an interrupted reform goes on where it stopped."""

    succession = models.ForeignKey(Succession, models.CASCADE, related_name="moves")
    mover = models.CharField(max_length=120)
    moved = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    IMPERSONAL: ClassVar = {"mover"}

    class Meta:
        verbose_name = _("move of a succession")
        verbose_name_plural = _("moves of successions")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["succession", "mover"], name="move_is_done_once"),
        ]

    def __str__(self) -> str:
        """Return what was moved."""
        return f"{self.mover}: {self.moved}"


class RoomSwitch(models.Model):
    """Whether a commune keeps a room on; without a row it does."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="room_switches", verbose_name=_("commune"))
    room = models.CharField(_("room"), max_length=30)
    is_on = models.BooleanField(_("is on"), default=True)

    IMPERSONAL: ClassVar = {"room"}

    class Meta:
        verbose_name = _("room of a commune")
        verbose_name_plural = _("rooms of communes")
        ordering: ClassVar = ["unit__code", "room"]
        default_permissions = ("view", "add", "change")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "room"], name="room_is_switched_once_a_commune"),
        ]

    def __str__(self) -> str:
        """Return commune and room."""
        return f"{self.unit.full_name}: {self.room_name}"

    @property
    def room_name(self) -> str:
        """The room's name for people."""
        config = apps.app_configs.get(self.room)
        return str(config.verbose_name) if config else self.room
