"""The form of an account at a gateway: its request, how its answer is read, what it reports."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.broadcast.channels.base import RECEIPTS, Failure
from liengia.broadcast.gateway import answers, template
from liengia.broadcast.gateway.http import NotAllowed, check_address

_FAILURES: Final = {failure.value for failure in Failure}
_LONG: Final = 4_000


def _area(label: Any, help_text: Any = "", *, rows: int = 3, required: bool = False, initial: str = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=_LONG, initial=initial, widget=forms.Textarea(attrs={"rows": rows, "spellcheck": "false"}))


def _line(label: Any, help_text: Any = "", *, required: bool = False, initial: str = "", most: int = 200) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=most, initial=initial)


def secret(label: Any, help_text: Any = "") -> forms.CharField:
    """Return a field that is written and never shown again; left empty it stays as it is."""
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=2_000, strip=True,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


class GatewayForm(forms.Form):
    """How a provider is asked, and how it answers."""

    SECRETS: ClassVar[frozenset[str]] = frozenset({"token", "report_secret"})

    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=[(one, one) for one in template.METHODS], initial="POST")
    url = _line(
        gettext_lazy("Address of the provider"), gettext_lazy("As its documents say; https only. Placeholders may stand after the host."), required=True, most=1_000
    )
    headers = _area(gettext_lazy("Headers"), gettext_lazy("One a line, for example: Authorization: Bearer {token}"))
    body_kind = forms.ChoiceField(
        label=gettext_lazy("Form of the body"), choices=[("json", "JSON"), ("form", gettext_lazy("form fields")), ("none", gettext_lazy("no body"))], initial="json"
    )
    body = _area(
        gettext_lazy("Body"),
        gettext_lazy("JSON, or one name=value a line. Placeholders: {to} {to_plain} {to_local} {text} {sender} {key} {token} {user} {audio_url} {report_url} {is_unicode}"),
        rows=8,
    )
    user = _line(gettext_lazy("Name of the account at the provider"))
    token = secret(gettext_lazy("Secret of the account at the provider"), gettext_lazy("It is kept encrypted and never shown again. Left empty, it stays as it is."))
    sender = _line(gettext_lazy("Brand name or calling number"), gettext_lazy("As registered with the carriers."), most=40)
    per_second = forms.IntegerField(label=gettext_lazy("Messages a second at most"), min_value=1, max_value=200, initial=10)
    success_at = _line(gettext_lazy("Where the answer says success"), gettext_lazy("A JSON pointer, for example /status. Empty: the HTTP status alone counts."))
    success_values = _line(gettext_lazy("What stands there on success"), gettext_lazy("Several parted by commas, for example: 0, success"))
    number_at = _line(gettext_lazy("Where the message's number stands"), gettext_lazy("A JSON pointer, for example /data/id. Reports name the message by it."))
    error_at = _line(gettext_lazy("Where an error's code stands"), gettext_lazy("A JSON pointer."))
    error_codes = _area(gettext_lazy("Codes of errors"), gettext_lazy("One a line: code = temporary, permanent or technical (the account or the provider)."))
    report_proof = forms.ChoiceField(
        label=gettext_lazy("How its reports are proved"),
        choices=[("", gettext_lazy("It sends no reports")), ("header", gettext_lazy("a secret in a header")), ("query", gettext_lazy("a secret in the address (?k=)")), ("hmac", gettext_lazy("HMAC-SHA256 of the body in a header"))],
        required=False,
    )  # fmt: skip
    report_header = _line(gettext_lazy("Name of that header"))
    report_secret = secret(gettext_lazy("Secret of the reports"), gettext_lazy("As agreed with the provider. Empty: the one that is shown below the form."))
    report_list_at = _line(gettext_lazy("Where the list of reports stands"), gettext_lazy("A JSON pointer; empty when a report comes alone."))
    report_number_at = _line(gettext_lazy("Where a report's message number stands"), initial="/id")
    report_state_at = _line(gettext_lazy("Where its state stands"), initial="/status")
    report_time_at = _line(gettext_lazy("Where its time stands"))
    report_states = _area(gettext_lazy("Words for states"), gettext_lazy("One a line: their word = delivered, shown, heard, answered or failed."))
    balance_url = _line(gettext_lazy("Address that tells the balance"), gettext_lazy("Asked by GET with the same headers, when you press “Check”."), most=1_000)
    balance_at = _line(gettext_lazy("Where the balance stands"))

    def clean(self) -> dict[str, Any]:
        """Read the template, the pointers and the tables as they will be read when a message goes."""
        data = super().clean() or {}
        self._template(data)
        for name, value in list(data.items()):
            if name.endswith("_at") and value and not str(value).startswith("/"):
                self.add_error(name, _("A JSON pointer begins with “/”."))
        self._table(data, "error_codes", _FAILURES)
        self._table(data, "report_states", {*RECEIPTS, "failed"})
        if data.get("success_at") and not data.get("success_values"):
            self.add_error("success_values", _("Say what stands there when the provider took the message."))
        if data.get("report_proof") in ("header", "hmac") and not data.get("report_header"):
            self.add_error("report_header", _("Say in which header it stands."))
        return data

    def _template(self, data: dict[str, Any]) -> None:
        try:
            template.parse(**{name: data.get(name, "") for name in ("method", "url", "headers", "body_kind", "body")})
        except template.BadTemplate as error:
            if error.field not in self.errors:
                self.add_error(error.field, ValidationError(_("This cannot be used: %(why)s") % {"why": error}))
        if data.get("balance_url"):
            try:
                check_address(data["balance_url"])
            except NotAllowed as error:
                self.add_error("balance_url", _("This cannot be used: %(why)s") % {"why": error})

    def _table(self, data: dict[str, Any], name: str, known: set[str]) -> None:
        wrong = sorted(right for right in answers.lines(data.get(name, "")).values() if right not in known)
        if wrong:
            self.add_error(name, _("“%(what)s” is none of: %(known)s.") % {"what": wrong[0][:40], "known": ", ".join(sorted(known))})


class SmsForm(GatewayForm):
    """An SMS gateway."""

    with_marks = forms.ChoiceField(
        label=gettext_lazy("Vietnamese marks"),
        choices=[("no", gettext_lazy("without marks: 160 characters a message")), ("yes", gettext_lazy("with marks: 70 characters a message"))],
        initial="no",
    )
    most_pieces = forms.IntegerField(label=gettext_lazy("Messages for one text at most"), min_value=1, max_value=10, initial=4)


class VoiceForm(GatewayForm):
    """A gateway of automatic calls."""

    report_key_at = _line(gettext_lazy("Where the pressed key stands"), gettext_lazy("A JSON pointer, for example /digits."))
    acknowledge_key = forms.RegexField(r"^[0-9*#]$", label=gettext_lazy("Key that says “I have heard it”"), initial="1")
