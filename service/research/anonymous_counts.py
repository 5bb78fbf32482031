"""What stays of somebody who is forgotten: counts that nothing connects with each other."""

from sqlmodel import Session, col, select

from service.research.tables import (
    AnonymousAnswer,
    AnonymousAttempt,
    Attempt,
    QuestionnaireResponse,
    ResearchSession,
    Study,
)


def count_attempts(session: Session, participant_id: str, study: Study) -> None:
    """Add the participant's ended attempts to the counts of their tasks."""
    for attempt, build in session.exec(
        select(Attempt, ResearchSession.build)
        .join(ResearchSession, col(ResearchSession.id) == Attempt.session_id)
        .where(Attempt.participant_id == participant_id, col(Attempt.outcome).is_not(None))
    ).all():
        build = build or study.build
        counted = session.exec(
            select(AnonymousAttempt).where(
                AnonymousAttempt.task_id == attempt.task_id,
                AnonymousAttempt.outcome == attempt.outcome,
                col(AnonymousAttempt.build).is_not_distinct_from(build),
            )
        ).first()
        if counted is None:
            counted = AnonymousAttempt(
                task_id=attempt.task_id, outcome=attempt.outcome, build=build, attempts=0
            )
        counted.attempts += 1
        session.add(counted)
        session.flush()


def count_answers(session: Session, participant_id: str, study: Study) -> None:
    """Add the participant's responses to the counts of their questionnaires; not the answers.

    SEQ belongs to an attempt, which is counted.
    """
    for answer, build in session.exec(
        select(QuestionnaireResponse, ResearchSession.build)
        .join(ResearchSession, col(ResearchSession.id) == QuestionnaireResponse.session_id)
        .where(
            QuestionnaireResponse.participant_id == participant_id,
            QuestionnaireResponse.instrument != "seq",
        )
    ).all():
        build = build or study.build
        counted = session.exec(
            select(AnonymousAnswer).where(
                AnonymousAnswer.study_id == study.id,
                AnonymousAnswer.instrument == answer.instrument,
                col(AnonymousAnswer.task_id).is_not_distinct_from(answer.task_id),
                col(AnonymousAnswer.build).is_not_distinct_from(build),
            )
        ).first()
        if counted is None:
            counted = AnonymousAnswer(
                study_id=study.id,
                task_id=answer.task_id,
                instrument=answer.instrument,
                build=build,
                responses=0,
            )
        counted.responses += 1
        session.add(counted)
        session.flush()
