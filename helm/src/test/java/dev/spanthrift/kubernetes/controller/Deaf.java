package dev.spanthrift.kubernetes.controller;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;

/** Hears of everything and does nothing. */
final class Deaf implements ResourceEventHandler<Namespace> {
  @Override
  public void onAdd(Namespace namespace) {}

  @Override
  public void onUpdate(Namespace before, Namespace namespace) {}

  @Override
  public void onDelete(Namespace namespace, boolean unknown) {}
}
