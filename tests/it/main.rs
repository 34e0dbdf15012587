//! The office as a whole, seen from its doors.
