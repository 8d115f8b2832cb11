package dev.spanthrift.image;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A layer as a file: tar in gzip, the same bytes from the same content, whoever builds it where and
 * when.
 *
 * @param name for people, in the image's history
 * @param file named by its digest
 * @param digest of the file, in hex
 * @param diffId of the tar in it, in hex
 * @param bytes of the file
 */
record Layer(String name, Path file, String digest, String diffId, long bytes) {
  private static final int SPANTHRIFT = 65532;

  /** Packs these files and folders of an image; blobs are named by their digests. */
  static Layer pack(String name, ImageFolder folder, List<Path> paths, Path blobs)
      throws IOException {
    Path making = blobs.resolve("making-" + name);
    MessageDigest whole = Digests.sha256();
    MessageDigest inner = Digests.sha256();
    try (OutputStream file =
            new DigestOutputStream(new BufferedOutputStream(Files.newOutputStream(making)), whole);
        OutputStream out = new DigestOutputStream(new GZIPOutputStream(file, 1 << 16), inner);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Path path : paths) {
        add(tar, path, folder.root().relativize(path).toString());
      }
    }
    String digest = HexFormat.of().formatHex(whole.digest());
    Path blob = blobs.resolve(digest);
    Files.move(making, blob, StandardCopyOption.REPLACE_EXISTING);
    return new Layer(
        name, blob, digest, HexFormat.of().formatHex(inner.digest()), Files.size(blob));
  }

  /** Owner, mode and time are given by the path, not by who builds. */
  private static void add(TarArchiveOutputStream tar, Path path, String inside) throws IOException {
    boolean isFolder = Files.isDirectory(path);
    TarArchiveEntry entry = new TarArchiveEntry(isFolder ? inside + "/" : inside);
    entry.setSize(isFolder ? 0 : Files.size(path));
    entry.setMode(mode(inside, isFolder));
    entry.setLastModifiedTime(ImageFolder.TIME);
    entry.setIds(0, 0);
    entry.setUserName(""); // not of who builds
    entry.setGroupName("");
    if (inside.equals(ImageFolder.STATE)) {
      entry.setIds(SPANTHRIFT, SPANTHRIFT);
    }
    tar.putArchiveEntry(entry);
    if (!isFolder) {
      Files.copy(path, tar);
    }
    tar.closeArchiveEntry();
  }

  private static int mode(String inside, boolean isFolder) {
    if (inside.equals("tmp")) {
      return 01777;
    }
    boolean isProgram = inside.startsWith(ImageFolder.JAVA + "/bin/") || inside.contains("/ld-");
    return isFolder || isProgram ? 0755 : 0644;
  }
}
