"""What else goes on in offices: projects are paid for, people ask for corrections, requests are
withdrawn, a plan is signed."""

from __future__ import annotations

from core.accounts.roles import Role
from core.dates import today
from core.jobs import running as jobs
from core.models import User
from projects.codes import PAYMENT_STAGES
from projects.models import Payment, Project
from projects.payments.actions import add_payment
from reports.models import Plan, Settlement
from reports.periods.actions import freeze_plan
from talent import actions
from talent.corrections.actions import approve_change, refuse_change, request_change
from talent.models import ChangeRequest, TransferRequest
from tests.audit.desk import REASON, Desk
from tests.rows import make_project, make_row

PLAN = "14_5"


class BesideDesk(Desk):
    # --- Projects -------------------------------------------------------------------------
    def contract(self) -> None:
        project = make_project(self.county().pk)
        project.milestones.create(stage=PAYMENT_STAGES[0], reached_on=project.started_on)

    def pay(self) -> None:
        project = self.one(Project.objects.filter(ended_on=None))
        payment = Payment(
            project=project, stage=PAYMENT_STAGES[0], amount=self.dice.choice((20000, 50000)),
            paid_on=today(),
        )  # fmt: skip
        add_payment(payment=payment, by=self.clerks["52"])

    def count_graduates(self) -> None:
        make_row("graduatestat", self.county().pk)

    # --- Corrections ----------------------------------------------------------------------
    def ask(self) -> None:
        someone = self.person()
        if someone.user is None:
            someone.user = User.objects.create(
                username=f"worker{User.objects.count()}", role=Role.WORKER,
                display_name=someone.name,
            )  # fmt: skip
            someone.save()
        named = f"王{self.dice.choice('子丑寅卯')}"
        request_change(by=someone.user, changes={"former_name": named}, reason="更正")

    def answer_correction(self) -> None:
        request = self.one(ChangeRequest.objects.pending())
        by = self.reviewer(request.person.region_id)
        answer = self.dice.choice((approve_change, refuse_change))
        answer(request=request, by=by, reason=REASON)

    def withdraw(self) -> None:
        request = self.one(TransferRequest.objects.pending())
        by = self.clerk(request.asking_region_id)
        actions.withdraw_transfer(request=request, by=by, reason=REASON)

    # --- A plan that is over ----------------------------------------------------------------
    def sign(self) -> Settlement:
        plan = Plan.objects.get(code=PLAN)
        settlement = freeze_plan(by=self.reviewers["52"], plan=plan, document="黔民发1号")
        assert jobs.run(settlement.job_id)
        settlement.refresh_from_db()
        assert settlement.frozen_at is not None, settlement.job.message
        return settlement
