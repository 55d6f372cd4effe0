/** Curves: their points, how they are smoothed, and how they are thinned out for drawing. */

/** One curve along one axis, growing at its end. */
export class Series {
    /**
     * @param points `{x, y, min?, max?}` as the server gives them: where neighbours were joined to
     *   buckets, `y` is the bucket's mean, and `min` and `max` its smallest and largest value. A
     *   `y` of null is a value that was no number.
     */
    constructor({ x = [], y = [], min, max } = {}) {
        this.x = x;
        this.y = y;
        this.min = min ?? y.slice();
        this.max = max ?? y.slice();
        /** Points that came after the server's answer. */
        this.appendedCount = 0;
    }

    append(x, y) {
        this.x.push(x);
        this.y.push(y);
        this.min.push(y);
        this.max.push(y);
        this.appendedCount += 1;
    }

    /** The index of the point nearest to `x`; −1 where there is none. */
    nearest(x) {
        let [low, high] = [0, this.x.length];
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.x[middle] < x) low = middle + 1;
            else high = middle;
        }
        if (low > 0 && (low === this.x.length || x - this.x[low - 1] < this.x[low] - x)) low -= 1;
        return this.x.length > 0 ? low : -1;
    }
}

/**
 * The debiased exponential moving average of TensorBoard: `weight` of what was, the rest of what
 * is, divided by the share of real values in it. What is no number passes through and does not
 * count; a constant series stays as it is.
 */
export function smoothed(y, weight) {
    const first = y.find((value) => value !== null);
    if (weight <= 0 || y.every((value) => value === null || value === first)) return y;
    let [mean, seen] = [0, 0];
    return y.map((value) => {
        if (value === null) return null;
        mean = mean * weight + (1 - weight) * value;
        seen += 1;
        return weight >= 1 ? mean : mean / (1 - weight ** seen);
    });
}

/**
 * The points between two bounds as columns of pixels: `{pixel, y, min, max}`, the mean and the
 * reach of what falls into each, so that any number of points is drawn in the width's time. Null
 * values are columns of their own, so that they stay gaps.
 */
export function columns({ x, y, min, max }, toPixel, from, to) {
    const columns = [];
    let open = null;
    for (let index = 0; index < x.length; index += 1) {
        // One point beyond either bound, so that lines run out of the picture.
        if (index + 1 < x.length && x[index + 1] < from) continue;
        const pixel = toPixel(x[index]);
        if (y[index] === null) {
            columns.push({ pixel, y: null, min: null, max: null });
            open = null;
        } else if (open && Math.abs(open.pixel - pixel) < 1) {
            open.count += 1;
            open.y += (y[index] - open.y) / open.count;
            open.min = Math.min(open.min, min[index]);
            open.max = Math.max(open.max, max[index]);
        } else {
            open = { pixel, y: y[index], min: min[index], max: max[index], count: 1 };
            columns.push(open);
        }
        if (x[index] > to) break;
    }
    return columns;
}
