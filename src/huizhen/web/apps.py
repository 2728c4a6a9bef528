from django import forms
from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "huizhen.web"
    label = "web"
    verbose_name = "页面"

    def ready(self) -> None:
        """Django's own fields say a missing value in our words; the table of messages is read when a field is made.
        Notifications learn where a thing is read.
        """
        from huizhen.notifications.registry import register_paths
        from huizhen.web.cases import sentences
        from huizhen.web.inbox.paths import path
        from huizhen.web.registering import sentences as registering
        from huizhen.web.search import sentences as searching
        from huizhen.web.sentences import FAULTS

        sentences.install()
        registering.install()
        searching.install()
        register_paths(path)
        forms.Field.default_error_messages["required"] = FAULTS["required"]  # type: ignore[assignment]
