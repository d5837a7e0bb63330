package org.bulla.app

import android.app.Application
import kotlinx.coroutines.flow.MutableStateFlow

open class BullaApplication : Application() {
    /** Whether [SyncService] keeps the app connected. */
    val servedInBackground = MutableStateFlow(false)

    override fun onCreate() {
        super.onCreate()
        Channels.make(this)
    }

    /** What wraps the library's keys. */
    open fun wrappingKey(): WrappingKey = HardwareKey("bulla.keys")
}
