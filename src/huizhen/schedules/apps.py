from datetime import timedelta

from django.apps import AppConfig


class SchedulesConfig(AppConfig):
    name = "huizhen.schedules"
    label = "schedules"
    verbose_name = "后台任务"

    def ready(self) -> None:
        """Also speaks for the journal, which stands below and cannot."""
        from huizhen.journal.jobs import seal_daily
        from huizhen.journal.queries import oldest_waiting, waiting
        from huizhen.journal.registry import register_phrases
        from huizhen.schedules import jobs, queries
        from huizhen.schedules.registry import register_gauge, register_job
        from huizhen.schedules.verbs import VERBS

        register_phrases(self.label, VERBS)
        register_job("journal.seal_daily", seal_daily, every=timedelta(hours=1))
        register_job("schedules.prune", jobs.prune, every=timedelta(hours=1))
        register_gauge(
            "huizhen_outbox_waiting",
            "Entries of the journal a reader has not read, at most 10000",
            waiting,
            label="reader",
        )
        register_gauge(
            "huizhen_outbox_oldest_seconds",
            "Age of the oldest entry a reader has not read; 0 when there is none",
            oldest_waiting,
            label="reader",
        )
        register_gauge("huizhen_workers", "Processes with a fresh heartbeat", queries.live_by_kind, label="kind")
        register_gauge(
            "huizhen_job_succeeded_timestamp_seconds", "Last successful end of a job", queries.last_success, label="job"
        )
        register_gauge("huizhen_job_runs", "Runs of a job that ended", queries.runs_by_job, label="job")
        register_gauge("huizhen_job_failures", "Runs that failed or broke off", queries.failures_by_job, label="job")
        register_gauge("huizhen_job_failing", "Failures of a job in a row", queries.failing_by_job, label="job")
