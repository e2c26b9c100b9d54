//! The command line: arguments in, words on stderr, data on stdout, exit code out.
