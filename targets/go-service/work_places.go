package main

// workPlaces: who finds none waits in a line, first come first served, and is worked on even if nobody waits for its answer
// any more. nil: as many as come.
type workPlaces struct {
	places      int
	longestLine int
	taken       int
	line        []func()
	isServing   bool
}

func (p *workPlaces) isFull() bool {
	return p != nil && p.taken == p.places && len(p.line) >= p.longestLine
}

// enter calls work when there is a place, perhaps at once; leave is called at its end.
func (p *workPlaces) enter(work func()) {
	p.line = append(p.line, work)
	p.serve()
}

func (p *workPlaces) leave() {
	p.taken--
	p.serve()
}

// serve is a loop: work without any duration leaves from within, and a long line must not become a deep stack.
func (p *workPlaces) serve() {
	if p.isServing {
		return
	}
	p.isServing = true
	for p.taken < p.places && len(p.line) > 0 {
		next := p.line[0]
		p.line = p.line[1:]
		p.taken++
		next()
	}
	p.isServing = false
}
