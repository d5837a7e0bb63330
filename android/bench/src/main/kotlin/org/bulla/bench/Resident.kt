package org.bulla.bench

import java.io.File

/** What the process holds after everything that can be freed has been, in kilobytes: the heap in use, and what is not the heap. */
internal fun resident(): Double {
    repeat(3) {
        System.gc()
        // Cleaners run on a thread of their own.
        Thread.sleep(50)
    }
    val runtime = Runtime.getRuntime()
    val status = File("/proc/self/status").readLines().first { it.startsWith("VmRSS") }
    val whole = status.filter { it.isDigit() }.toDouble()
    return whole - runtime.totalMemory() / 1024 + (runtime.totalMemory() - runtime.freeMemory()) / 1024
}
