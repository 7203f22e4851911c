//! Gatehouse
