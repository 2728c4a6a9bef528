from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "huizhen.accounts"
    label = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        from huizhen.accounts.verbs import VERBS
        from huizhen.journal.registry import register_phrases

        register_phrases(self.label, VERBS)
