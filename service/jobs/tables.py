"""Table: executor."""

from sqlmodel import BigInteger, Field, SQLModel


class Executor(SQLModel, table=True):
    """A lease: this process may execute jobs until then, by the database's clock.

    Its id is never used again; a process that lost its lease takes a new one under the same
    `name`. Times are milliseconds since 1970.
    """

    __tablename__ = "executor"

    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    started_at_ms: int = Field(sa_type=BigInteger)
    expires_at_ms: int = Field(sa_type=BigInteger)
