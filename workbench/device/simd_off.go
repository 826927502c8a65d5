//go:build !goexperiment.simd

package device

// hasSIMD says whether the Go backend was built with its vector code: GOEXPERIMENT=simd.
const hasSIMD = false
