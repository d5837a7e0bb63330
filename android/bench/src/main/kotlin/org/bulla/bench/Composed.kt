@file:OptIn(InternalComposeTracingApi::class)

package org.bulla.bench

import androidx.compose.runtime.Composer
import androidx.compose.runtime.CompositionTracer
import androidx.compose.runtime.InternalComposeTracingApi
import java.util.Collections

/** Which of the app's own composable functions ran and were not skipped, by name, as Compose itself tells a tracer. */
internal object Composed {
    private val names = Collections.synchronizedList(mutableListOf<String>())

    suspend fun during(work: suspend () -> Unit): List<String> {
        names.clear()
        Composer.setTracer(Tracer)
        try {
            work()
        } finally {
            Composer.setTracer(null)
        }
        return names.filter { it.startsWith("org.bulla.ui.") }
    }

    private object Tracer : CompositionTracer {
        override fun isTraceInProgress() = true

        override fun traceEventStart(key: Int, dirty1: Int, dirty2: Int, info: String) {
            names += info
        }

        override fun traceEventEnd() {}
    }
}
