"""Pages, pictures, documents, and requests about articles."""

from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion
import liengia.core.clock
import liengia.core.fields
import liengia.core.operations
import modelcluster.fields
import modelsearch.index
import taggit.managers
import wagtail.contrib.routable_page.models
import wagtail.fields
import wagtail.images.models
import wagtail.models.media


class Migration(migrations.Migration):
    initial = True
    replaces = [("portal", "0001_pages"), ("portal", "0003_caption_of_the_main_picture"), ("portal", "0004_approval"), ("portal", "0005_requests_about_articles")]

    dependencies = [("people", "0001_accounts"), ("units", "0002_refuse_overlap")]

    operations = [
        liengia.core.operations.CreateModels(
            models=[
                migrations.CreateModel(
                    name="AreaHomePage",
                    fields=[
                        ("page_ptr", models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to="wagtailcore.page")),
                        ("headline", models.CharField(blank=True, help_text="Empty: the platform's own.", max_length=120, verbose_name="first line")),
                        ("lead", models.TextField(blank=True, max_length=400, verbose_name="under it")),
                        ("imprint", models.TextField(blank=True, help_text="Office, who is responsible for the content, address; at the foot of each page.", max_length=400, verbose_name="who answers for this site")),
                    ],
                    options={"verbose_name": "front page of the area", "verbose_name_plural": "front pages of areas"},
                    bases=("wagtailcore.page", models.Model),
                ),
                migrations.CreateModel(
                    name="CommuneListPage",
                    fields=[("page_ptr", models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to="wagtailcore.page"))],
                    options={"verbose_name": "list of communes", "verbose_name_plural": "lists of communes"},
                    bases=("wagtailcore.page",),
                ),
                migrations.CreateModel(
                    name="NewsIndexPage",
                    fields=[("page_ptr", models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to="wagtailcore.page"))],
                    options={"verbose_name": "news", "verbose_name_plural": "news"},
                    bases=(wagtail.contrib.routable_page.models.RoutablePageMixin, "wagtailcore.page"),
                ),
                migrations.CreateModel(
                    name="PlainPage",
                    fields=[
                        ("page_ptr", models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to="wagtailcore.page")),
                        ("lead", models.TextField(blank=True, max_length=500, verbose_name="lead")),
                        (
                            "body",
                            wagtail.fields.StreamField(
                                [("paragraph", 0), ("figure", 5), ("gallery", 8), ("quotation", 12), ("table", 18), ("file", 21), ("video", 26), ("linked", 29), ("site_text", 30)],
                                blank=True,
                                block_lookup={
                                    0: ("wagtail.blocks.RichTextBlock", (), {"features": ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"], "icon": "pilcrow", "label": "passage", "template": "portal/blocks/paragraph.html"}),
                                    1: ("wagtail.images.blocks.ImageChooserBlock", (), {"label": "picture"}),
                                    2: ("wagtail.blocks.CharBlock", (), {"label": "caption", "max_length": 300, "required": False}),
                                    3: ("wagtail.blocks.CharBlock", (), {"label": "made by", "max_length": 120, "required": False}),
                                    4: ("wagtail.blocks.CharBlock", (), {"help_text": "For those who cannot see it; empty: as the picture says itself.", "label": "what is seen on it", "max_length": 300, "required": False}),
                                    5: ("wagtail.blocks.StructBlock", [[("image", 1), ("caption", 2), ("credit", 3), ("alt", 4)]], {}),
                                    6: ("wagtail.blocks.CharBlock", (), {"label": "title", "max_length": 120, "required": False}),
                                    7: ("wagtail.blocks.ListBlock", (5,), {"label": "pictures", "max_num": 24, "min_num": 2}),
                                    8: ("wagtail.blocks.StructBlock", [[("title", 6), ("figures", 7)]], {}),
                                    9: ("wagtail.blocks.TextBlock", (), {"label": "what was said", "rows": 3}),
                                    10: ("wagtail.blocks.CharBlock", (), {"label": "who said it", "max_length": 120, "required": False}),
                                    11: ("wagtail.blocks.CharBlock", (), {"label": "as what", "max_length": 160, "required": False}),
                                    12: ("wagtail.blocks.StructBlock", [[("text", 9), ("who", 10), ("role", 11)]], {}),
                                    13: ("wagtail.blocks.CharBlock", (), {"label": "passage", "required": False}),
                                    14: ("wagtail.blocks.DecimalBlock", (), {"label": "number", "required": False}),
                                    15: ("wagtail.contrib.typed_table_block.blocks.TypedTableBlock", [[("text", 13), ("number", 14)]], {"label": "table"}),
                                    16: ("wagtail.blocks.BooleanBlock", (), {"label": "the last row is the sum", "required": False}),
                                    17: ("wagtail.blocks.CharBlock", (), {"label": "source", "max_length": 200, "required": False}),
                                    18: ("wagtail.blocks.StructBlock", [[("table", 15), ("has_sum", 16), ("source", 17)]], {}),
                                    19: ("wagtail.documents.blocks.DocumentChooserBlock", (), {"label": "file"}),
                                    20: ("wagtail.blocks.CharBlock", (), {"label": "title", "max_length": 160, "required": False}),
                                    21: ("wagtail.blocks.StructBlock", [[("document", 19), ("title", 20)]], {}),
                                    22: ("wagtail.documents.blocks.DocumentChooserBlock", (), {"label": "video file (MP4 or WebM)"}),
                                    23: ("wagtail.documents.blocks.DocumentChooserBlock", (), {"label": "captions (WebVTT)", "required": False}),
                                    24: ("wagtail.images.blocks.ImageChooserBlock", (), {"label": "first picture", "required": False}),
                                    25: ("wagtail.blocks.TextBlock", (), {"label": "what is said, as a text", "required": False}),
                                    26: ("wagtail.blocks.StructBlock", [[("document", 22), ("captions", 23), ("poster", 24), ("caption", 2), ("credit", 3), ("transcript", 25)]], {}),
                                    27: ("wagtail.blocks.CharBlock", (), {}),
                                    28: ("wagtail.blocks.CharBlock", (), {"help_text": "The last part of its address.", "label": "its code", "max_length": 80}),
                                    29: ("wagtail.blocks.StructBlock", [[("kind", 27), ("key", 28)]], {}),
                                    30: ("wagtail.blocks.StructBlock", [[("text", 27)]], {}),
                                },
                                verbose_name="body",
                            ),
                        ),
                    ],
                    options={"verbose_name": "plain page", "verbose_name_plural": "plain pages"},
                    bases=("wagtailcore.page",),
                ),
                migrations.CreateModel(
                    name="Topic",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", liengia.core.fields.NameField(max_length=80, unique=True, verbose_name="name")),
                        ("slug", models.SlugField(max_length=80, unique=True, verbose_name="address")),
                        ("words", models.CharField(blank=True, max_length=200, verbose_name="in a sentence")),
                        ("order", models.PositiveSmallIntegerField(default=100, verbose_name="order")),
                    ],
                    options={"verbose_name": "topic of news", "verbose_name_plural": "topics", "ordering": ["order", "slug"]},
                ),
                migrations.CreateModel(
                    name="ArticlePage",
                    fields=[
                        ("page_ptr", models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to="wagtailcore.page")),
                        ("place", models.CharField(blank=True, help_text="Stands before the title, such as: Cần Đước", max_length=80, verbose_name="place")),
                        ("lead", models.TextField(max_length=700, verbose_name="lead")),
                        (
                            "body",
                            wagtail.fields.StreamField(
                                [("paragraph", 0), ("figure", 5), ("gallery", 8), ("quotation", 12), ("table", 18), ("file", 21), ("video", 26), ("linked", 29)],
                                block_lookup={
                                    0: ("wagtail.blocks.RichTextBlock", (), {"features": ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"], "icon": "pilcrow", "label": "passage", "template": "portal/blocks/paragraph.html"}),
                                    1: ("wagtail.images.blocks.ImageChooserBlock", (), {"label": "picture"}),
                                    2: ("wagtail.blocks.CharBlock", (), {"label": "caption", "max_length": 300, "required": False}),
                                    3: ("wagtail.blocks.CharBlock", (), {"label": "made by", "max_length": 120, "required": False}),
                                    4: ("wagtail.blocks.CharBlock", (), {"help_text": "For those who cannot see it; empty: as the picture says itself.", "label": "what is seen on it", "max_length": 300, "required": False}),
                                    5: ("wagtail.blocks.StructBlock", [[("image", 1), ("caption", 2), ("credit", 3), ("alt", 4)]], {}),
                                    6: ("wagtail.blocks.CharBlock", (), {"label": "title", "max_length": 120, "required": False}),
                                    7: ("wagtail.blocks.ListBlock", (5,), {"label": "pictures", "max_num": 24, "min_num": 2}),
                                    8: ("wagtail.blocks.StructBlock", [[("title", 6), ("figures", 7)]], {}),
                                    9: ("wagtail.blocks.TextBlock", (), {"label": "what was said", "rows": 3}),
                                    10: ("wagtail.blocks.CharBlock", (), {"label": "who said it", "max_length": 120, "required": False}),
                                    11: ("wagtail.blocks.CharBlock", (), {"label": "as what", "max_length": 160, "required": False}),
                                    12: ("wagtail.blocks.StructBlock", [[("text", 9), ("who", 10), ("role", 11)]], {}),
                                    13: ("wagtail.blocks.CharBlock", (), {"label": "passage", "required": False}),
                                    14: ("wagtail.blocks.DecimalBlock", (), {"label": "number", "required": False}),
                                    15: ("wagtail.contrib.typed_table_block.blocks.TypedTableBlock", [[("text", 13), ("number", 14)]], {"label": "table"}),
                                    16: ("wagtail.blocks.BooleanBlock", (), {"label": "the last row is the sum", "required": False}),
                                    17: ("wagtail.blocks.CharBlock", (), {"label": "source", "max_length": 200, "required": False}),
                                    18: ("wagtail.blocks.StructBlock", [[("table", 15), ("has_sum", 16), ("source", 17)]], {}),
                                    19: ("wagtail.documents.blocks.DocumentChooserBlock", (), {"label": "file"}),
                                    20: ("wagtail.blocks.CharBlock", (), {"label": "title", "max_length": 160, "required": False}),
                                    21: ("wagtail.blocks.StructBlock", [[("document", 19), ("title", 20)]], {}),
                                    22: ("wagtail.documents.blocks.DocumentChooserBlock", (), {"label": "video file (MP4 or WebM)"}),
                                    23: ("wagtail.documents.blocks.DocumentChooserBlock", (), {"label": "captions (WebVTT)", "required": False}),
                                    24: ("wagtail.images.blocks.ImageChooserBlock", (), {"label": "first picture", "required": False}),
                                    25: ("wagtail.blocks.TextBlock", (), {"label": "what is said, as a text", "required": False}),
                                    26: ("wagtail.blocks.StructBlock", [[("document", 22), ("captions", 23), ("poster", 24), ("caption", 2), ("credit", 3), ("transcript", 25)]], {}),
                                    27: ("wagtail.blocks.CharBlock", (), {}),
                                    28: ("wagtail.blocks.CharBlock", (), {"help_text": "The last part of its address.", "label": "its code", "max_length": 80}),
                                    29: ("wagtail.blocks.StructBlock", [[("kind", 27), ("key", 28)]], {}),
                                },
                                verbose_name="body",
                            ),
                        ),
                        ("contributors", models.CharField(blank=True, help_text="Names or pen names of those who helped, with a comma between.", max_length=200, verbose_name="with")),
                        ("source", models.CharField(blank=True, max_length=250, verbose_name="source")),
                        ("published_at", models.DateTimeField(blank=True, db_index=True, help_text="Empty: when it is published.", null=True, verbose_name="published")),
                        ("syllables", models.PositiveIntegerField(default=0, editable=False)),
                        ("unit", models.ForeignKey(blank=True, help_text="Where it happened. Empty: as the page above.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit", verbose_name="unit")),
                        ("cover", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.portalimage", verbose_name="main picture")),
                        ("topics", modelcluster.fields.ParentalManyToManyField(blank=True, related_name="articles", to="portal.topic", verbose_name="topics")),
                        ("cover_caption", models.CharField(blank=True, max_length=300, verbose_name="caption of the main picture")),
                    ],
                    options={"verbose_name": "article", "verbose_name_plural": "articles", "indexes": [models.Index(fields=["unit", "-published_at"], name="portal_article_unit_at")]},
                    bases=("wagtailcore.page",),
                ),
                migrations.CreateModel(
                    name="Author",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", liengia.core.fields.NameField(max_length=80, verbose_name="name or pen name")),
                        ("words", models.CharField(blank=True, help_text="Such as: Đài truyền thanh xã", max_length=160, verbose_name="in a sentence")),
                        ("unit", models.ForeignKey(blank=True, help_text="Empty: of the whole area.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit", verbose_name="commune")),
                    ],
                    options={"verbose_name": "author", "verbose_name_plural": "authors", "ordering": ["name", "pk"]},
                ),
                migrations.CreateModel(
                    name="Byline",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("sort_order", models.IntegerField(blank=True, editable=False, null=True)),
                        ("article", modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name="bylines", to="portal.articlepage")),
                        ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="bylines", to="portal.author", verbose_name="author")),
                    ],
                    options={"verbose_name": "author of an article", "verbose_name_plural": "authors of articles", "ordering": ["sort_order"], "abstract": False, "default_permissions": ()},
                ),
                migrations.CreateModel(
                    name="ChosenArticle",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("sort_order", models.IntegerField(blank=True, editable=False, null=True)),
                        ("article", modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name="chosen_articles", to="portal.articlepage")),
                        ("chosen", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="portal.articlepage", verbose_name="article")),
                    ],
                    options={"verbose_name": "related article", "verbose_name_plural": "related articles", "ordering": ["sort_order"], "abstract": False, "default_permissions": ()},
                ),
                migrations.CreateModel(
                    name="CommunePortalPage",
                    fields=[
                        ("page_ptr", models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to="wagtailcore.page")),
                        ("headline", models.CharField(blank=True, help_text="Empty: the platform's own.", max_length=120, verbose_name="first line")),
                        ("lead", models.TextField(blank=True, max_length=400, verbose_name="under it")),
                        ("imprint", models.TextField(blank=True, help_text="Office, who is responsible for the content, address; at the foot of each page.", max_length=400, verbose_name="who answers for this site")),
                        ("collection", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wagtailcore.collection", verbose_name="collection of pictures and files")),
                        ("unit", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="portal", to="units.unit", verbose_name="commune")),
                    ],
                    options={"verbose_name": "portal of a commune", "verbose_name_plural": "portals of communes"},
                    bases=("wagtailcore.page", models.Model),
                ),
                migrations.CreateModel(
                    name="Erratum",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("sort_order", models.IntegerField(blank=True, editable=False, null=True)),
                        ("corrected_at", models.DateTimeField(default=liengia.core.clock.now, verbose_name="corrected at")),
                        ("words", models.TextField(max_length=500, verbose_name="what was wrong, what is right")),
                        ("article", modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name="errata", to="portal.articlepage")),
                    ],
                    options={"verbose_name": "correction", "verbose_name_plural": "corrections", "ordering": ["sort_order"], "abstract": False, "default_permissions": ()},
                ),
                migrations.CreateModel(
                    name="PortalDocument",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("title", models.CharField(max_length=255, verbose_name="title")),
                        ("file", models.FileField(upload_to="documents", verbose_name="file")),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("file_size", models.PositiveBigIntegerField(editable=False, null=True)),
                        ("file_hash", models.CharField(blank=True, editable=False, max_length=40)),
                        ("source", models.CharField(blank=True, max_length=250, verbose_name="source")),
                        ("collection", models.ForeignKey(default=wagtail.models.media.get_root_collection_id, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wagtailcore.collection", verbose_name="collection")),
                        ("tags", taggit.managers.TaggableManager(blank=True, help_text=None, through="taggit.TaggedItem", to="taggit.Tag", verbose_name="tags")),
                        ("uploaded_by_user", models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name="uploaded by user")),
                        ("withdrawn_at", models.DateTimeField(editable=False, null=True, verbose_name="taken down at somebody's request")),
                    ],
                    options={"verbose_name": "file", "verbose_name_plural": "files", "permissions": [("choose_document", "Can choose document")], "abstract": False},
                    bases=(modelsearch.index.Indexed, models.Model),
                ),
                migrations.CreateModel(
                    name="PortalImage",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("title", models.CharField(max_length=255, verbose_name="title")),
                        ("file", wagtail.images.models.WagtailImageField(height_field="height", upload_to=wagtail.images.models.get_upload_to, verbose_name="file", width_field="width")),
                        ("description", models.CharField(blank=True, default="", max_length=255, verbose_name="description")),
                        ("width", models.IntegerField(editable=False, verbose_name="width")),
                        ("height", models.IntegerField(editable=False, verbose_name="height")),
                        ("created_at", models.DateTimeField(auto_now_add=True, db_index=True, verbose_name="created at")),
                        ("focal_point_x", models.PositiveIntegerField(blank=True, null=True)),
                        ("focal_point_y", models.PositiveIntegerField(blank=True, null=True)),
                        ("focal_point_width", models.PositiveIntegerField(blank=True, null=True)),
                        ("focal_point_height", models.PositiveIntegerField(blank=True, null=True)),
                        ("file_size", models.PositiveIntegerField(editable=False, null=True)),
                        ("file_hash", models.CharField(blank=True, db_index=True, editable=False, max_length=40)),
                        ("caption", models.CharField(blank=True, help_text="Shown under the picture unless the article gives another.", max_length=300, verbose_name="caption")),
                        ("credit", models.CharField(blank=True, help_text="Such as: Tranh: Liên Gia", max_length=120, verbose_name="made by")),
                        ("rights", models.CharField(choices=[("own", "made by the commune"), ("given", "given by its maker, with permission"), ("licensed", "free licence or public domain")], default="own", max_length=10, verbose_name="rights")),
                        ("source", models.CharField(blank=True, help_text="Where it comes from, or the licence's name.", max_length=250, verbose_name="source")),
                        ("shows_recognisable_child", models.BooleanField(default=False, verbose_name="a child can be recognised on it")),
                        ("has_guardian_consent", models.BooleanField(default=False, help_text="Without it the picture is shown nowhere. Keep the paper at the office; do not upload it.", verbose_name="the child's parent or guardian has agreed")),
                        ("collection", models.ForeignKey(default=wagtail.models.media.get_root_collection_id, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wagtailcore.collection", verbose_name="collection")),
                        ("tags", taggit.managers.TaggableManager(blank=True, help_text=None, through="taggit.TaggedItem", to="taggit.Tag", verbose_name="tags")),
                        ("uploaded_by_user", models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name="uploaded by user")),
                        ("withdrawn_at", models.DateTimeField(editable=False, null=True, verbose_name="taken down at somebody's request")),
                    ],
                    options={"verbose_name": "picture", "verbose_name_plural": "pictures", "permissions": [("choose_image", "Can choose image")], "abstract": False},
                    bases=(wagtail.images.models.ImageFileMixin, modelsearch.index.Indexed, models.Model),
                ),
                migrations.CreateModel(
                    name="PortalRendition",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("filter_spec", models.CharField(db_index=True, max_length=255)),
                        ("file", wagtail.images.models.WagtailImageField(height_field="height", storage=wagtail.images.models.get_rendition_storage, upload_to=wagtail.images.models.get_rendition_upload_to, width_field="width")),
                        ("width", models.IntegerField(editable=False)),
                        ("height", models.IntegerField(editable=False)),
                        ("focal_point_key", models.CharField(blank=True, default="", editable=False, max_length=16)),
                        ("image", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="renditions", to="portal.portalimage")),
                    ],
                    options={"verbose_name": "copy of a picture", "verbose_name_plural": "copies of pictures", "default_permissions": (), "unique_together": {("image", "filter_spec", "focal_point_key")}},
                    bases=(wagtail.images.models.ImageFileMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="ApprovalTask",
                    fields=[("task_ptr", models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to="wagtailcore.task"))],
                    options={"verbose_name": "approval by another than the writer", "verbose_name_plural": "approvals by another than the writer", "default_permissions": ()},
                    bases=("wagtailcore.task",),
                ),
                migrations.CreateModel(
                    name="ArticleRequest",
                    fields=[
                        ("id", models.BigIntegerField(default=liengia.core.fields.random_key, editable=False, primary_key=True, serialize=False)),
                        ("code_hash", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("picture", "Take down a picture or video with me in it"),
                                    ("child", "Take down a picture or video with my child, or a child in my care, in it"),
                                    ("name", "Take out my name, or what is told of me"),
                                    ("mistake", "Correct what is wrong"),
                                    ("other", "Something else about this article"),
                                ],
                                max_length=10,
                                verbose_name="what is asked for",
                            ),
                        ),
                        ("state", models.CharField(choices=[("received", "received"), ("looking", "being looked at"), ("removed", "taken down"), ("corrected", "corrected"), ("refused", "refused")], default="received", max_length=10, verbose_name="state")),
                        ("is_urgent", models.BooleanField(default=False, verbose_name="about a child")),
                        ("passage", liengia.core.fields.EncryptedTextField(blank=True, verbose_name="the sentence")),
                        ("words", liengia.core.fields.EncryptedTextField(blank=True, verbose_name="why")),
                        ("name", liengia.core.fields.EncryptedTextField(blank=True, verbose_name="name")),
                        ("contact", liengia.core.fields.EncryptedTextField(blank=True, verbose_name="how to be answered")),
                        ("filed_on", models.DateField(default=liengia.core.clock.today, verbose_name="filed on")),
                        ("due_at", models.DateTimeField(verbose_name="due")),
                        ("proposed_words", liengia.core.fields.EncryptedTextField(blank=True, verbose_name="proposed correction")),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                        (
                            "refusal",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("public_event", "It shows a public event, and harms nobody's honour (Civil Code 2015, article 32)"),
                                    ("office", "It tells of what an office holder did in office"),
                                    ("accurate", "It was compared with the sources, and it is right"),
                                    ("not_found", "The article does not show or name whoever asked"),
                                    ("elsewhere", "Somebody else has to decide this; the words say who"),
                                    ("other", "Another reason, told in words"),
                                ],
                                max_length=14,
                                verbose_name="reason",
                            ),
                        ),
                        ("answer", liengia.core.fields.EncryptedTextField(blank=True, verbose_name="words to the one who asked")),
                        ("erased_on", models.DateField(null=True)),
                        ("article", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="requests", to="portal.articlepage", verbose_name="article")),
                        ("decided_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("pictures", models.ManyToManyField(related_name="requests", to="portal.portalimage", verbose_name="pictures")),
                        ("proposed_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("unit", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit", verbose_name="commune")),
                        ("videos", models.ManyToManyField(related_name="requests", to="portal.portaldocument", verbose_name="videos")),
                    ],
                    options={
                        "verbose_name": "request about an article",
                        "verbose_name_plural": "requests about articles",
                        "default_permissions": (),
                        "indexes": [models.Index(condition=models.Q(("state__in", ["received", "looking"])), fields=["due_at"], name="portal_request_open_due"), models.Index(fields=["filed_on"], name="portal_request_filed_on")],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(models.Q(("decided_at", None), ("state__in", ["received", "looking"])), models.Q(("decided_at__isnull", False), ("state__in", ["removed", "corrected", "refused"])), _connector="OR"), name="portal_request_is_decided_or_open"),
                            models.CheckConstraint(condition=models.Q(models.Q(("state", "refused"), _negated=True), models.Q(("refusal", ""), _negated=True), _connector="OR"), name="portal_request_refused_has_a_reason"),
                        ],
                    },
                ),
            ]
        )
    ]
