/** Curves: their points, how they are smoothed, and how they are thinned out for drawing. */

/**
 * The exponential moving average of TensorBoard: `weight` of what was, the rest of what is, divided
 * by the share of real values in it, so that the zero it begins with does not count.
 */
class MovingAverage {
    #weight;
    #sum;
    #shareOfStart;

    /** @param last The average of the first `count` values, where it goes on from there. */
    constructor(weight, last = 0, count = 0) {
        this.#weight = weight;
        this.#shareOfStart = weight ** count;
        this.#sum = last * (1 - this.#shareOfStart);
    }

    add(value) {
        this.#sum = this.#sum * this.#weight + (1 - this.#weight) * value;
        this.#shareOfStart *= this.#weight;
        return this.#weight >= 1 ? this.#sum : this.#sum / (1 - this.#shareOfStart);
    }
}

/** One curve along one axis, growing at its end. */
export class Series {
    #average;

    /**
     * @param points `{x, y, min?, max?, smoothed?, smoothed_count?}` as the server gives them: where
     *   neighbours were joined to buckets, `y` is the bucket's mean, and `min` and `max` its
     *   smallest and largest value. A `y` of null is a value that was no number.
     * @param weight What the points are smoothed with.
     */
    constructor(points = {}, weight = 0) {
        const { x = [], y = [], min, max, smoothed: average, smoothed_count: count } = points;
        this.x = x;
        this.y = y;
        this.min = min ?? y.slice();
        this.max = max ?? y.slice();
        /** Whether these are all points that were recorded. */
        this.isWhole = min === undefined && (count ?? 0) <= y.length;
        /** The moving average over all recorded points, also those that are not here. */
        this.smoothed = average ?? smoothed(y, weight);
        const last = this.smoothed.findLast((value) => value !== null);
        this.#average = new MovingAverage(weight, last ?? 0, count ?? y.filter(isValue).length);
        /** Points that came after the server's answer. */
        this.appendedCount = 0;
    }

    append(x, y) {
        this.x.push(x);
        this.y.push(y);
        this.min.push(y);
        this.max.push(y);
        this.smoothed.push(y === null ? null : this.#average.add(y));
        this.appendedCount += 1;
    }

    /** Drops the points beyond `x`; the average goes on rightly only in curves fetched anew. */
    cut(x) {
        const length = this.x.findLastIndex((value) => value <= x) + 1;
        for (const values of [this.x, this.y, this.min, this.max, this.smoothed]) {
            values.length = length;
        }
    }

    /** Smooths anew, where all points are here to do so. */
    smooth(weight) {
        if (!this.isWhole) return;
        this.smoothed = smoothed(this.y, weight);
        const last = this.smoothed.findLast((value) => value !== null);
        this.#average = new MovingAverage(weight, last ?? 0, this.y.filter(isValue).length);
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

const isValue = (value) => value !== null;

/** The moving average up to each value; what is no number passes through and does not count. */
export function smoothed(y, weight) {
    const first = y.find(isValue);
    if (weight <= 0 || y.every((value) => value === null || value === first)) return y.slice();
    const average = new MovingAverage(weight);
    return y.map((value) => (value === null ? null : average.add(value)));
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
