package dev.spanthrift.sampler.trace;

/**
 * Rows from the oldest to the youngest; a column of each says who its neighbours are.
 *
 * <pre>
 * older row (32) | younger row (32)
 * </pre>
 */
public final class RowAges {
  private static final int NONE = Rows.NONE;

  private final Rows rows;
  private final int column;
  private int oldest = NONE;
  private int youngest = NONE;

  public RowAges(Rows rows, int column) {
    this.rows = rows;
    this.column = column;
  }

  /** Or {@link Rows#NONE}. */
  public int oldest() {
    return oldest;
  }

  /** The next younger one, or {@link Rows#NONE}. */
  int younger(int row) {
    return rows.lower(row, column);
  }

  /** Makes it the youngest. */
  public void add(int row) {
    rows.set(row, column, Rows.pair(youngest, NONE));
    if (youngest == NONE) {
      oldest = row;
    } else {
      rows.setLower(youngest, column, row);
    }
    youngest = row;
  }

  public void remove(int row) {
    int older = rows.upper(row, column);
    int younger = rows.lower(row, column);
    if (older == NONE) {
      oldest = younger;
    } else {
      rows.setLower(older, column, younger);
    }
    if (younger == NONE) {
      youngest = older;
    } else {
      rows.setUpper(younger, column, older);
    }
  }
}
