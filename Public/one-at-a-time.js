/** Fetching what others may ask to be fetched at any moment. */

/**
 * A function that calls `fetch` unless it is being called already; then once more afterwards, as
 * what it brings may be older than the wish. What fails is left for the next wish.
 *
 * All who ask are answered when what came last is there.
 */
export function oneAtATime(fetch) {
    let isWanted = false;
    let run = null;
    const fetchAll = async () => {
        while (isWanted) {
            isWanted = false;
            await fetch().catch(() => {});
        }
        run = null;
    };
    return () => {
        isWanted = true;
        run ??= fetchAll();
        return run;
    };
}
