//! Beside the program: PostgreSQL.
