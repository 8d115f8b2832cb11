package dev.spanthrift.kubernetes.certificate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate with its private key, both as PEM; ECDSA on P-256.
 *
 * @param certificate of an authority alone, or of a server, followed by who signed it
 * @param key PKCS#8; a secret
 */
public record KeyPairPem(String certificate, String key) {
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Clocks of nodes differ: what is made now holds a little earlier already. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  /** Makes an authority of its own. */
  public static KeyPairPem authority(String name, Instant now, Duration lifetime) {
    try {
      KeyPair keys = keys();
      JcaX509v3CertificateBuilder builder = builder(principal(name), name, keys, now, lifetime);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      return signed(builder, keys.getPrivate(), keys.getPrivate(), "");
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("a certificate authority cannot be made", e);
    }
  }

  /** A server's certificate, signed by this authority. */
  public KeyPairPem issue(List<String> names, Instant now, Duration lifetime) {
    try {
      KeyPair keys = keys();
      X509Certificate authority = chain().getFirst();
      JcaX509v3CertificateBuilder builder =
          builder(authority.getSubjectX500Principal(), names.getFirst(), keys, now, lifetime);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      GeneralName[] alternatives =
          names.stream().map(KeyPairPem::generalName).toArray(GeneralName[]::new);
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
      return signed(builder, keys.getPrivate(), privateKey(), certificate);
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("a server's certificate cannot be made", e);
    }
  }

  private static GeneralName generalName(String name) {
    boolean address = name.matches("[0-9.]+") || name.contains(":");
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name);
  }

  private static KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static X500Principal principal(String name) {
    return new X500Principal("CN=" + name + ",O=Spanthrift");
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Principal issuer, String name, KeyPair keys, Instant now, Duration lifetime) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(127, RANDOM).add(BigInteger.ONE),
        Date.from(now.minus(SKEW)),
        Date.from(now.plus(lifetime)),
        principal(name),
        keys.getPublic());
  }

  private static KeyPairPem signed(
      JcaX509v3CertificateBuilder builder, PrivateKey own, PrivateKey signer, String signedBy)
      throws OperatorCreationException, GeneralSecurityException, IOException {
    X509Certificate certificate =
        new JcaX509CertificateConverter()
            .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(signer)));
    return new KeyPairPem(pem(certificate) + signedBy, pem(new JcaPKCS8Generator(own, null)));
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }

  /**
   * The certificates, the own first.
   *
   * @throws GeneralSecurityException when the text holds none
   */
  public List<X509Certificate> chain() throws GeneralSecurityException {
    byte[] bytes = certificate.getBytes(StandardCharsets.US_ASCII);
    List<X509Certificate> chain = new ArrayList<>();
    for (Certificate one :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(bytes))) {
      chain.add((X509Certificate) one);
    }
    if (chain.isEmpty()) {
      throw new GeneralSecurityException("no certificate in the text");
    }
    return chain;
  }

  /**
   * The key, from PKCS#8 or the older forms.
   *
   * @throws GeneralSecurityException when the text holds none
   */
  public PrivateKey privateKey() throws GeneralSecurityException {
    try (PEMParser parser = new PEMParser(new StringReader(key))) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
        if (object instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
        if (object instanceof PEMKeyPair pair) {
          return converter.getKeyPair(pair).getPrivate();
        }
      }
    } catch (IOException e) {
      throw new GeneralSecurityException("the private key cannot be read", e);
    }
    throw new GeneralSecurityException("no private key in the text");
  }

  /** Last moment at which the own certificate holds. */
  public Instant expiry() {
    try {
      return chain().getFirst().getNotAfter().toInstant();
    } catch (GeneralSecurityException e) {
      return Instant.EPOCH; // what cannot be read holds never
    }
  }

  @Override
  public String toString() {
    return "certificate until " + expiry(); // never the key
  }
}
