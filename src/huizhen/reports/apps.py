from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "huizhen.reports"
    label = "reports"
    verbose_name = "报送"

    def ready(self) -> None:
        from datetime import timedelta

        from huizhen.journal.registry import register_phrases, register_reader
        from huizhen.reports import jobs
        from huizhen.reports.choices import READER
        from huizhen.reports.queries import state
        from huizhen.reports.sources import bulletins, stories
        from huizhen.reports.verbs import PHRASES
        from huizhen.schedules.registry import register_gauge, register_job
        from huizhen.search.registry import register_source, register_words, register_worth

        register_phrases(self.label, PHRASES)
        for source in (stories, bulletins):
            register_source(source.SOURCE)
            register_words("kind", source.kind_words)
        register_worth(bulletins.KIND, bulletins.WORTH)
        register_reader(READER)
        register_job("reports.drain", jobs.drain, every=timedelta(seconds=5))
        register_job("reports.rounds", jobs.remind_rounds, every=timedelta(minutes=30))
        register_job("reports.monthly", jobs.monthly, every=timedelta(minutes=10))
        register_job("reports.fill", jobs.fill, every=timedelta(seconds=10))
        register_job("reports.worklists", jobs.write_worklists, every=timedelta(seconds=5))
        register_job("reports.carry", jobs.carry, every=timedelta(seconds=30))
        register_job("reports.mailings", jobs.mailings, every=timedelta(minutes=1))
        register_job("reports.pdfs", jobs.make_pdfs, every=timedelta(seconds=5))
        register_gauge(
            "huizhen_figures_behind_seconds",
            "Age of the oldest happening that the figures do not know; 0 when they know all",
            state.behind,
        )
