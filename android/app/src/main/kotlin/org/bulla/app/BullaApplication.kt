package org.bulla.app

import android.app.Application

/** The app as the system knows it; what it does is in [AppProcess]. */
open class BullaApplication : Application() {
    lateinit var process: AppProcess
        private set

    override fun onCreate() {
        super.onCreate()
        Channels.make(this)
        start()
    }

    protected fun start() {
        process = AppProcess(this, wrappingKey())
    }

    /** What wraps the library's keys. */
    protected open fun wrappingKey(): WrappingKey = HardwareKey("bulla.keys")
}
