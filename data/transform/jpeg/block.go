package jpeg

// sequential reads all coefficients of a block, §F.2.2.
func (s *scan) sequential(p *part, b *block) error {
	if err := s.firstDC(p, b); err != nil {
		return err
	}
	for k := 1; k < 64; k++ {
		v := s.value(p.ac)
		run, size := v>>4, v&15
		switch {
		case v < 0:
			return errCode
		case size > 0:
			if k += run; k > 63 {
				return errCode
			}
			b[zigzag[k]] = int16(s.signed(size))
		case run == 15:
			k += 15
		default:
			return nil
		}
	}
	return nil
}

// firstDC reads the DC coefficient, as the difference to the block before, §F.2.2.1 and §G.1.2.1.
func (s *scan) firstDC(p *part, b *block) error {
	size := s.value(p.dc)
	if size < 0 || size > 16 {
		return errCode
	}
	p.before += s.signed(size)
	b[0] = int16(p.before << s.low)
	return nil
}

// firstAC reads a band of coefficients for the first time, §G.1.2.2.
func (s *scan) firstAC(p *part, b *block) error {
	if s.eobRun > 0 {
		s.eobRun--
		return nil
	}
	for k := s.first; k <= s.last; k++ {
		v := s.value(p.ac)
		run, size := v>>4, v&15
		switch {
		case v < 0:
			return errCode
		case size > 0:
			if k += run; k > 63 {
				return errCode
			}
			b[zigzag[k]] = int16(s.signed(size) << s.low)
		case run == 15:
			k += 15
		default:
			s.eobRun = 1<<run - 1 + int(s.take(run))
			return nil
		}
	}
	return nil
}

// refineAC reads one more bit of a band of coefficients, §G.1.2.3.
func (s *scan) refineAC(p *part, b *block) error {
	k := s.first
	for ; s.eobRun == 0 && k <= s.last; k++ {
		v := s.value(p.ac)
		if v < 0 {
			return errCode
		}
		run, fresh := v>>4, int16(0) // fresh is the coefficient that becomes non-zero behind the run
		switch {
		case v&15 == 1:
			fresh = int16(-1) << s.low
			if s.take(1) == 1 {
				fresh = 1 << s.low
			}
		case v&15 != 0:
			return errCode
		case run < 15:
			s.eobRun = 1<<run + int(s.take(run))
		}
		if s.eobRun > 0 {
			break
		}
		if k = s.refine(b, k, run); fresh != 0 && k <= s.last {
			b[zigzag[k]] = fresh
		}
	}
	if s.eobRun > 0 {
		s.refine(b, k, 64)
		s.eobRun--
	}
	return nil
}

// refine corrects the coefficients that are not zero, from k on until run zeros were passed and
// another is met. It returns where that is.
func (s *scan) refine(b *block, k, run int) int {
	for ; k <= s.last; k++ {
		c := &b[zigzag[k]]
		if *c == 0 {
			if run == 0 {
				break
			}
			run--
			continue
		}
		if s.take(1) == 1 && *c&(1<<s.low) == 0 {
			if *c > 0 {
				*c += 1 << s.low
			} else {
				*c -= 1 << s.low
			}
		}
	}
	return k
}
