/**
 * Certificates of the cluster's programs: made and rotated in process, one authority for all
 * replicas.
 *
 * <p>Its door is {@code CertificateKeeper}.
 */
@NullMarked
package dev.spanthrift.kubernetes.certificate;

import org.jspecify.annotations.NullMarked;
