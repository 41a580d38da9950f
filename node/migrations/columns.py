"""The column types that migrations use, frozen apart from the models."""

import sqlalchemy as sa

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
