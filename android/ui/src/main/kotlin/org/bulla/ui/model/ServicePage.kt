package org.bulla.ui.model

import org.bulla.model.Manifest

/** A page of the deployment's about its service. */
sealed interface ServicePage {
    val address: String

    /** How the service fares. */
    data class Status(override val address: String) : ServicePage

    /** Who helps. */
    data class Support(override val address: String) : ServicePage

    companion object {
        /** Where to look when the service does not answer. */
        fun of(manifest: Manifest): ServicePage? = manifest.status?.let(::Status) ?: manifest.support?.let(::Support)
    }
}
