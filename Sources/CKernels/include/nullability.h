// A function of a table is always there, and said to be so; arguments are pointers as any in C.
#pragma clang diagnostic ignored "-Wnullability-completeness"
