
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0002_first_pages'),
    ]

    operations = [
        migrations.AddField(
            model_name='articlepage',
            name='cover_caption',
            field=models.CharField(blank=True, max_length=300, verbose_name='caption of the main picture'),
        ),
    ]
