/** Makes of objects what sidecars are to run, and says in their status what became of them. */
@NullMarked
package dev.spanthrift.kubernetes.controller;

import org.jspecify.annotations.NullMarked;
