"""The demonstration shows every kind of case, with pictures that are drawn."""

from __future__ import annotations

from django.test import Client

from liengia.opinions import demo, policies, services
from liengia.opinions.models import Opinion, Photo
from tests.opinions.given import Office


def test_the_demonstration_has_what_a_new_user_looks_for(here: Office) -> None:
    here.tho.username = demo.OFFICER
    here.tho.save()
    count = demo.load()
    assert count == 2 * len(demo.STORIES) + 2 and demo.load() == 0
    shown = Opinion.public_.get_queryset()
    assert shown.overdue().exists() and shown.filter(reopened_on__isnull=False).exists()
    assert Photo.objects.filter(is_public=True, opinion__in=shown).exists()
    private = services.find_by_code(demo.CODE)
    assert private.is_anonymous and private.answers.exists() and not private.is_public
    assert "hố lắng" in Client().post("/gop-y/theo-doi/", {"code": demo.CODE}).content.decode()
    about = Opinion.all_.get(about_officials=True)
    assert not policies.visible_to(here.tho).filter(pk=about.pk).exists() and policies.visible_to(here.chairman).filter(pk=about.pk).exists()
