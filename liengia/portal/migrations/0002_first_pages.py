"""Put up the first pages: front page, news, what this is, privacy, accessibility, the list of communes.

Every installation has them, since addresses and menus lead there. Wagtail's own welcome page goes.
"""

import json
import uuid

from django.db import migrations
from django.utils import timezone

ROOT = "0001"
HOME = "00010002"
CHILDREN = [
    ("newsindexpage", "tin-tuc", "Tin tức", "", []),
    ("plainpage", "gioi-thieu", "Giới thiệu Liên Gia",
     "Liên Gia là nền tảng mở để một xã làm phần việc của mình trong Phong trào Toàn dân bảo vệ an ninh Tổ quốc.",
     ["not_an_alarm", "groups", "counting"]),
    ("plainpage", "quyen-rieng-tu", "Quyền riêng tư",
     "Chúng tôi giữ những gì hàng xóm cần để giúp nhau, không lâu hơn mức cần, và nói rõ ở đây đó là những gì.",
     ["reading", "never_stored", "house", "opinions", "pictures", "rights"]),
    ("plainpage", "tro-nang", "Trợ năng",
     "Trang này dành cho mọi người: mắt kém, một tay, máy cũ, bàn phím, trình đọc màn hình.",
     ["easy", "standard"]),
    ("communelistpage", "xa", "Các xã", "", []),
]  # fmt: skip


def put_up(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Locale = apps.get_model("wagtailcore", "Locale")
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    locale = Locale.objects.filter(language_code="vi").first() or Locale.objects.first()
    if locale is None:
        locale = Locale.objects.create(language_code="vi")
    now = timezone.now()

    def page(model, slug, title, path, url_path, numchild=0, **more):
        kind, _ = ContentType.objects.get_or_create(app_label="portal", model=model)
        return apps.get_model("portal", model).objects.create(
            title=title, draft_title=title, slug=slug, content_type=kind, path=path, depth=len(path) // 4, numchild=numchild,
            url_path=url_path, locale=locale, live=True, first_published_at=now, last_published_at=now, **more,
        )  # fmt: skip

    home = page("areahomepage", "trang-nha", "Trang nhà", HOME, "/trang-nha/", len(CHILDREN))
    for number, (model, slug, title, lead, texts) in enumerate(CHILDREN, start=1):
        more = {}
        if model == "plainpage":
            blocks = [{"type": "site_text", "value": {"text": name}, "id": str(uuid.uuid4())} for name in texts]
            more = {"lead": lead, "body": json.dumps(blocks)}
        page(model, slug, title, f"{HOME}{number:04}", f"/trang-nha/{slug}/", **more)
    if Site.objects.exists():
        Site.objects.filter(is_default_site=True).update(root_page=home.page_ptr, site_name="Liên Gia")
    else:
        Site.objects.create(hostname="localhost", port=80, site_name="Liên Gia", root_page=home.page_ptr, is_default_site=True)
    Page.objects.filter(depth=2, slug="home", path="00010001").delete()
    Page.objects.filter(path=ROOT).update(numchild=Page.objects.filter(depth=2).count())


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_site")]
    operations = [migrations.RunPython(put_up, migrations.RunPython.noop)]
