//! Policy documents: read and evaluated. No IO.
