//! Federation scenarios: the stories of the domain guide through real nodes over real mutual TLS.
//!
//! Everything is in `tests/`; this library is empty.
