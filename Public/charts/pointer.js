/** What pointer and keys do to a chart: read values, look closer, look at all again. */

/** Pixels that a pointer must go for a drag. */
const dragLength = 6;

export function attachPointer(chart) {
    const { canvas, group } = chart;
    let start = null;

    const pixelOf = (event) => {
        const x = event.clientX - canvas.getBoundingClientRect().left;
        return Math.min(Math.max(x, chart.area.left), chart.area.right);
    };
    const point = (event) => {
        const leader = chart.leader;
        const x = chart.xScale.toValue(pixelOf(event));
        if (leader) group.setCrosshair(leader.x[leader.nearest(x)]);
    };

    canvas.addEventListener('pointerdown', (event) => {
        if (event.button !== 0 || !chart.leader) return;
        start = pixelOf(event);
        canvas.setPointerCapture(event.pointerId);
        point(event);
    });
    canvas.addEventListener('pointermove', (event) => {
        if (!chart.leader) return;
        const isDragging = start !== null && Math.abs(pixelOf(event) - start) > dragLength;
        chart.selection = isDragging ? [start, pixelOf(event)] : null;
        point(event);
    });
    canvas.addEventListener('pointerup', (event) => {
        const selection = chart.selection;
        start = chart.selection = null;
        if (!selection) return point(event);
        const [from, to] = selection.map(chart.xScale.toValue).sort((a, b) => a - b);
        group.setRange({ from, to });
    });
    canvas.addEventListener('pointercancel', () => {
        start = chart.selection = null;
    });
    canvas.addEventListener('pointerleave', (event) => {
        // A finger that is lifted leaves the values standing.
        if (event.pointerType === 'mouse') group.setCrosshair(null);
    });
    canvas.addEventListener('dblclick', () => group.setRange(null));
    canvas.addEventListener('blur', () => group.setCrosshair(null));
    canvas.addEventListener('keydown', (event) => {
        if (press(chart, event)) event.preventDefault();
    });
}

/** Whether the key means something to a chart. */
function press(chart, { key, shiftKey }) {
    const { group, leader } = chart;
    if (!leader) return false;
    const last = leader.x.length - 1;
    const at = group.crosshair === null ? last : leader.nearest(group.crosshair);
    const step = shiftKey ? 10 : 1;
    const places = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: last };
    if (key in places) {
        group.setCrosshair(leader.x[Math.min(Math.max(places[key], 0), last)]);
        chart.describe();
    } else if (key === '+' || key === '-') {
        zoom(group, leader.x[at], key === '+' ? 0.5 : 2);
    } else if (key === 'Escape') {
        group.setCrosshair(null);
        group.setRange(null);
    } else {
        return false;
    }
    return true;
}

function zoom(group, middle, factor) {
    const { low, high } = group.domain();
    const half = ((high - low) / 2) * factor;
    group.setRange({ from: middle - half, to: middle + half });
}
