from datetime import timedelta

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "huizhen.accounts"
    label = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        from huizhen.accounts.jobs import forget
        from huizhen.accounts.verbs import VERBS
        from huizhen.journal.registry import register_phrases
        from huizhen.schedules.registry import register_job

        register_phrases(self.label, VERBS)
        register_job("accounts.forget", forget, every=timedelta(hours=1))
