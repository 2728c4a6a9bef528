from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "huizhen.accounts"
    label = "accounts"
    verbose_name = "账号"
