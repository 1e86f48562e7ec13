import heapq, math
from harvest_planner.transit.law import begun,extended
from harvest_planner.transit.search import _figures
from bisect import bisect_left
INF=math.inf
TAIL=1e-3
LAM=0.0005
class Facts:
    __slots__=("service","id","origin","dest","deps","cut","min","q05","q50","q95","mean","cost","least_age","limited","dur","last")
    def __init__(self,s,ag):
        self.service=s; self.id=s.lane.id; self.origin=s.origin_id; self.dest=s.destination_id; self.deps=s.departures_h
        self.cut=s.lane.cutoff_h-1e-6; d=s.duration; self.dur=d; self.min,top=d.span_h(); self.q05,self.q50,self.q95=d.quantile(.05),d.quantile(.5),d.quantile(.95)
        self.mean=d.mean_h(); self.cost=s.lane.cost_vnd_per_kg; self.least_age=ag.least_riding_per_h(s)*self.mean; self.limited=s.lane.capacity_kg is not None
        self.last=top if d.span_h()[0]==top else d.quantile(1-TAIL)
class Finder:
    def __init__(self, facts, ag):
        self.ag=ag; self.by={}
        for f in facts: self.by.setdefault(f.origin,[]).append(f)
        self.trans={}; self.at={}; self.rate={}; self.n=0; self.full=0; self.miss=0
    def riding(self,f,d):
        k=(f.id,d); r=self.rate.get(k)
        if r is None: r=self.rate[k]=self.ag.riding_per_h(f.service,d)
        return r
    def caught(self, prev, nxt, d):
        k=(prev.id,nxt.id,d)
        t=self.at.get(k)
        if t is None: t=self.at[k]=[(round(d+o,6),q) for o,q in self._caught(prev,nxt,d)]
        return t
    def _caught(self, prev, nxt, d):
        deps=nxt.deps; cut=nxt.cut
        i=bisect_left(deps, d+prev.min+cut); n=len(deps); last=d+prev.last+cut
        j=i
        offs=[]
        while j<n:
            x=deps[j]; offs.append(round(x-d,6)); j+=1
            if x>=last: break
        key=(prev.id,nxt.id,tuple(offs))
        t=self.trans.get(key)
        if t is None:
            self.miss+=1
            out=[]; reached=0.0; by=prev.dur.probability_by
            for o in offs:
                p=by(o-cut)
                if p-reached>1e-7: out.append((o,p-reached)); reached=p
            if out and offs and offs[-1]>=prev.last+cut: out[-1]=(out[-1][0],out[-1][1]+1-reached)
            t=self.trans[key]=out
        return t
    def search(self, origin, dest, ready, waiting, togo, ear):
        front=[]; found=[]; heap=[]; cnt=0; by=self.by; caught=self.caught; riding=self.riding; wait_rate=self.ag.waiting_per_h
        def outdone(a,b,c,d,e):
            for p,q,r,s,t in front:
                if p<=a and q<=b and r<=c and s<=d and t<=e and (p<a-1e-6 or q<b-1e-6 or r<c-1e-6 or s<d-1e-6 or t<e-1e-6): return True
            return False
        for f in by.get(origin,()):
            if f.dest!=dest and f.dest not in togo: continue
            i=bisect_left(f.deps, ready+f.cut)
            if i>=len(f.deps): continue
            d=f.deps[i]
            age=waiting*(d-ready)+riding(f,d)*f.mean
            l5,l50,l95=d+f.q05,d+f.q50,d+f.q95
            if f.dest==dest: b5,b50,b95,cg,agg=l5,l50,l95,0,0
            else:
                h,cg,agg=togo[f.dest]; b5,b50,b95=ear(f.dest,l5),ear(f.dest,l50),ear(f.dest,l95)
            heap.append((b50+LAM*(f.cost+cg),cnt,(b5,b50,b95,f.cost+cg,age+agg),f,((d,1.0),),f.cost,age,d+f.mean,(l5,l50,l95),(origin,),(f,),d)); cnt+=1
        heapq.heapify(heap)
        while heap:
            _,_,bound,f,deps,cost,age,mean_arr,lb,passed,chain,dep0=heapq.heappop(heap)
            if outdone(*bound): continue
            v=f.dest
            if v==dest:
                self.full+=1
                L=begun(chain[0].service,dep0,self.ag); L=L._replace(age_d20=L.age_d20+waiting*(dep0-ready))
                for x_ in chain[1:]:
                    L=extended(L,x_.service,self.ag)
                    if L is None: break
                if L is None: continue
                fig=_figures(L)
                if fig[2]==INF or outdone(*fig): continue
                front.append(fig); found.append((chain,dep0,fig)); continue
            if len(chain)==4: continue
            here=passed+(v,)
            d0=deps[0][0]; starts=d0+f.min
            wr=wait_rate(v,mean_arr)
            for g in by.get(v,()):
                w=g.dest
                if w in here: continue
                if w==dest: h=cg=agg=0.0
                else:
                    t=togo.get(w)
                    if t is None: continue
                    h,cg,agg=t
                # cheap hope
                if outdone(max(starts+g.q05,lb[0]+g.min)+h,max(starts+g.q50,lb[1]+g.min)+h,max(starts+g.q95,lb[2]+g.min)+h,cost+g.cost+cg,age+g.least_age+agg): continue
                if w!=dest:
                    e=cost+g.cost+cg; a_=age+g.least_age+agg
                    if outdone(ear(w,max(starts+g.q05,lb[0]+g.min)),ear(w,max(starts+g.q50,lb[1]+g.min)),ear(w,max(starts+g.q95,lb[2]+g.min)),e,a_): continue
                self.n+=1
                acc={}
                for d,p in deps:
                    for x,q in caught(f,g,d):
                        acc[x]=acc.get(x,0.0)+p*q
                if not acc: continue
                nd=tuple(sorted(acc.items()))
                whole=sum(q for _,q in nd)
                if whole<.95: continue
                leaves=sum(x*q for x,q in nd)/whole
                ride=sum(q*riding(g,x) for x,q in nd)/whole
                na=age+wr*max(0.0,leaves-mean_arr)+ride*g.mean
                # lower bounds
                x0=nd[0][0]; l=[x0+g.q05,x0+g.q50,x0+g.q95]; cum=0.0; k=0
                for x,q in nd:
                    c2=cum+q
                    for idx,pp in ((0,.05),(1,.5),(2,.95)):
                        if cum<pp<=c2 and x+g.min>l[idx]: l[idx]=x+g.min
                    cum=c2
                nc=cost+g.cost
                if w==dest: b=(l[0],l[1],l[2],nc,na)
                else: b=(ear(w,l[0]),ear(w,l[1]),ear(w,l[2]),nc+cg,na+agg)
                if outdone(*b): continue
                cnt+=1
                heapq.heappush(heap,(b[1]+LAM*b[3],cnt,b,g,nd,nc,na,leaves+g.mean,tuple(l),here,chain+(g,),dep0))
        # drop those outdone by later ones
        out=[]
        for i,(c,d,fg) in enumerate(found):
            a,b_,c_,d_,e=fg
            if not any(j!=i and all(x<=y for x,y in zip(o[2],fg)) and any(x<y-1e-6 for x,y in zip(o[2],fg)) for j,o in enumerate(found)): out.append((c,d,fg))
        return out
