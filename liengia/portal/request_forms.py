"""The forms of requests about articles: what somebody asks for, the private code, and what the office decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from liengia.comments.models import Comment
from liengia.core import codes
from liengia.core.tickets import TicketBook
from liengia.portal import requests
from liengia.portal.models import ArticlePage, PortalDocument, PortalImage, RequestKind, RequestRefusal

tickets = TicketBook("portal.request")


def new_ticket(code: str = "") -> str:
    """Return the ticket of a form that is drawn now; it carries the private code that the form will be filed under."""
    return tickets.draw(code or codes.new_code())


class MediaField(forms.MultipleChoiceField):
    """Pictures and videos of one article, told apart by a letter: "p12" is a picture, "v3" a video."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, media: requests.Media) -> None:
        """Offer what the article shows."""
        self.pictures = {f"p{one.pk}": one for one in media.pictures}
        self.videos = {f"v{one.pk}": one for one in media.videos}
        self.choices = [(key, one.default_alt_text) for key, one in self.pictures.items()] + [(key, one.title) for key, one in self.videos.items()]

    def chosen(self, keys: list[str]) -> tuple[list[PortalImage], list[PortalDocument]]:
        """Return the pictures and the videos of some keys."""
        return [self.pictures[key] for key in keys if key in self.pictures], [self.videos[key] for key in keys if key in self.videos]


class RequestForm(forms.Form):
    """What somebody asks for. Every error keeps what was typed."""

    kind = forms.ChoiceField(label=_("What do you ask for?"), choices=RequestKind.choices, widget=forms.RadioSelect)
    pick = MediaField(label=_("Which picture or video?"), required=False)
    passage = forms.CharField(label=_("Which sentence, or which picture"), required=False, max_length=requests.LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
    words = forms.CharField(label=_("Why, or what is right"), required=False, max_length=requests.LONGEST, widget=forms.Textarea(attrs={"rows": 4}))
    about_comments = forms.BooleanField(label=_("Readers' comments under the article name me too"), required=False)
    name = forms.CharField(label=_("Your name"), required=False, max_length=120)
    contact = forms.CharField(label=_("Phone or e-mail"), required=False, max_length=120)
    website = forms.CharField(required=False, label=_("Leave this empty"), widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))
    ticket = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, article: ArticlePage, **kwargs: Any) -> None:
        """Offer the article's own pictures and videos."""
        super().__init__(*args, **kwargs)
        self.article, self.code = article, ""
        self.media_field.offer(requests.media_of(article))
        if not self.media_field.choices:
            del self.fields["pick"]

    @property
    def media_field(self) -> MediaField:
        """The field of pictures and videos."""
        field = self.fields["pick"]
        assert isinstance(field, MediaField)
        return field

    @property
    def offered(self) -> list[tuple[Any, PortalImage | None]]:
        """Return each checkbox with its picture, for the page to show beside it."""
        if "pick" not in self.fields:
            return []
        return [(choice, self.media_field.pictures.get(str(choice.data["value"]))) for choice in self["pick"]]

    def clean_website(self) -> str:
        """Refuse what only a programme fills in."""
        if self.cleaned_data.get("website"):
            raise ValidationError(_("Leave this field empty, then send again."), code="honeypot")
        return ""

    def clean_ticket(self) -> str:
        """Return the form's private code."""
        ticket = str(self.cleaned_data["ticket"])
        self.code = tickets.value_of(ticket)
        return tickets.read(ticket)

    def renew(self) -> None:
        """Give a form that comes back a ticket with the same code, so that it can be sent again."""
        data: Any = self.data
        self.data = data.copy()
        self.data["ticket"] = new_ticket(self.code)  # type: ignore[index]

    def asked(self) -> requests.Asked:
        """Return what is asked for."""
        data = self.cleaned_data
        pictures, videos = self.media_field.chosen(data["pick"]) if "pick" in self.fields else ([], [])
        return requests.Asked(self.article, data["kind"], pictures, videos, data["passage"], data["words"], data["name"], data["contact"], data["about_comments"])


class CodeForm(forms.Form):
    """The private code."""

    code = forms.CharField(
        label=_("Private code"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Type the code that you were shown.")},
    )  # fmt: skip


class DecisionForm(forms.Form):
    """What the office does with a request."""

    verb = forms.ChoiceField(choices=[(one, one) for one in ("take_up", "remove", "propose", "correct", "refuse")])
    pick = MediaField(label=_("Take down for good"), required=False)
    hidden = forms.MultipleChoiceField(label=_("Readers' comments"), required=False, widget=forms.CheckboxSelectMultiple)
    words = forms.CharField(label=_("Take out these words wherever they stand in the article"), required=False, max_length=160)
    instead = forms.ChoiceField(label=_("Put in their place"), choices=list(requests.NEUTRAL.items()), required=False)
    erratum = forms.CharField(
        label=_("Correction: what was wrong, what is right"), required=False, max_length=requests.LONGEST_ERRATUM, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("Choose a reason")), *RequestRefusal.choices], required=False)
    answer = forms.CharField(
        label=_("Words to the one who asked"), required=False, max_length=requests.LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, media: requests.Media, comments: Sequence[requests.NamedComment] = (), **kwargs: Any) -> None:
        """Offer what the article shows, and the comments under it."""
        super().__init__(*args, **kwargs)
        self.comments = {one.comment.public_id: one for one in comments}
        self.fields["hidden"].choices = [(key, one.comment.text) for key, one in self.comments.items()]  # type: ignore[attr-defined]
        field = self.fields["pick"]
        assert isinstance(field, MediaField)
        field.offer(media)

    @property
    def offered(self) -> list[tuple[Any, requests.NamedComment]]:
        """Return each comment's checkbox with the comment."""
        return [(choice, self.comments[str(choice.data["value"])]) for choice in self["hidden"]]

    def chosen_comments(self) -> list[Comment]:
        """Return the comments that were ticked."""
        return [self.comments[key].comment for key in self.cleaned_data["hidden"]]

    def chosen(self) -> tuple[list[PortalImage], list[PortalDocument]]:
        """Return the pictures and videos that were ticked."""
        field = self.fields["pick"]
        assert isinstance(field, MediaField)
        return field.chosen(self.cleaned_data["pick"])
