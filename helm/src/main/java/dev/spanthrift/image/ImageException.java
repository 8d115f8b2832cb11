package dev.spanthrift.image;

/** Why no image can be built; the message is for the reader of the build's log. */
final class ImageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ImageException(String message) {
    super(message);
  }

  ImageException(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}
