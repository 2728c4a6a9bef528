from django.db import migrations, models


class Migration(migrations.Migration):
    """The outbox of one channel, newest first; who was told of an act."""

    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["channel", "-id"], name="delivery_by_channel"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["txn"], name="message_txn"),
        ),
    ]
