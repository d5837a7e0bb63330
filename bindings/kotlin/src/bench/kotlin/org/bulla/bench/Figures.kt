package org.bulla.bench

import kotlin.math.ceil

internal inline fun milliseconds(work: () -> Unit): Double {
    val start = System.nanoTime()
    work()
    return (System.nanoTime() - start) / 1e6
}

/** One line that `cargo xtask bench` understands: the median of each side, and its 99th percentile. */
internal fun print(row: Int, case: String, unit: String, sides: Map<String, List<Double>>) {
    val key = unit.lowercase()
    val figures = sides.entries.joinToString { (name, samples) ->
        """"${name}_$key": ${quantile(samples, 0.5)}, "${name}_p99_$key": ${quantile(samples, 0.99)}"""
    }
    println("""BENCH {"row": $row, "case": "$case", "unit": "$unit", $figures, "n": ${sides.values.first().size}}""")
}

private fun quantile(samples: List<Double>, quantile: Double): Double =
    samples.sorted()[ceil(quantile * samples.size).toInt().coerceAtLeast(1) - 1]
