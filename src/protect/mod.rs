//! Tables: from tallied counts to cells that may be published.
