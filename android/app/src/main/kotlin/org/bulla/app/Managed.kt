package org.bulla.app

import android.content.Context
import android.content.RestrictionsManager
import org.bulla.model.Trust

/** What a deployment has built into the app: its public keys and its manifest (`res/values/deployment.xml`). None where it names no key. */
fun Context.builtInTrust(): Trust? {
    val keys = resources.getStringArray(R.array.trust_keys).toList()
    return if (keys.isEmpty()) null else Trust(keys, getString(R.string.trust_manifest).ifEmpty { null })
}

/** What the phone's management says of this app, as the core hears it: texts. */
fun Context.managed(): Map<String, String> {
    val said = getSystemService(RestrictionsManager::class.java)?.applicationRestrictions ?: return emptyMap()
    @Suppress("DEPRECATION") // There is no other way to a value whose type is not known.
    return (said.keySet() - Preferences.SCREENSHOTS).mapNotNull { key -> said.get(key)?.let { key to "$it" } }.toMap()
}
